import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const route = "aws:ec2/route:Route";
const table = "aws:ec2/routeTable:RouteTable";
const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";

describe("the routes of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let publicSubnet: string;
  let privateSubnet: string;
  let isolatedSubnet: string;
  let internetGateway: string;
  let natGateway: string;
  let privateTable: string;

  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    publicSubnet = await net.subnet(vpcId, "public", "10.0.0.0/24");
    privateSubnet = await net.subnet(vpcId, "private", "10.0.1.0/24");
    isolatedSubnet = await net.subnet(vpcId, "isolated", "10.0.2.0/24");
    internetGateway = await net.internetGateway(vpcId);
    natGateway = await net.natGateway(publicSubnet, "nat");
    await net.defaultRoute(vpcId, publicSubnet, "public", { gatewayId: internetGateway });
    privateTable = await net.defaultRoute(vpcId, privateSubnet, "private", { natGatewayId: natGateway });
  });

  const to = (subnetId: string, address: string) => net.network.routeTables.routeFor(subnetId, address);

  it("keep traffic between the VPC's addresses inside it", () => {
    expect(to(privateSubnet, "10.0.2.9")).to.deep.equal({ kind: "local", id: vpcId });
    expect(to(isolatedSubnet, "10.0.0.9")).to.deep.equal({ kind: "local", id: vpcId });
  });

  it("lead to the Internet gateway, to the NAT gateway, or nowhere, by subnet", () => {
    expect(to(publicSubnet, "198.51.100.1")).to.deep.equal({ kind: "internetGateway", id: internetGateway });
    expect(to(privateSubnet, "198.51.100.1")).to.deep.equal({ kind: "natGateway", id: natGateway });
    expect(to(isolatedSubnet, "198.51.100.1")).to.equal(undefined);
  });

  it("are chosen by the longest prefix", async () => {
    await net.create(route, "narrow", {
      routeTableId: privateTable,
      destinationCidrBlock: "198.51.100.0/24",
      gatewayId: internetGateway,
    });
    expect(to(privateSubnet, "198.51.100.255")?.kind).to.equal("internetGateway");
    expect(to(privateSubnet, "198.51.101.0")?.kind).to.equal("natGateway");
  });

  it("of the main table serve subnets without a table of their own", async () => {
    const routeTableId = net.call("aws:ec2/getVpc:getVpc", { id: vpcId }).mainRouteTableId;
    await net.create(route, "main", {
      routeTableId,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: natGateway,
    });
    expect(to(isolatedSubnet, "198.51.100.1")).to.deep.equal({ kind: "natGateway", id: natGateway });
  });

  it("show the public addresses that a subnet's traffic comes from", () => {
    expect(net.network.routeTables.publicAddressesOf(privateSubnet)).to.deep.equal(["203.0.113.10"]);
    expect(net.network.routeTables.publicAddressesOf(publicSubnet)).to.deep.equal([]);
    expect(net.network.routeTables.publicAddressesOf(isolatedSubnet)).to.deep.equal([]);
  });

  it("show none when the NAT gateway's own subnet does not lead to the Internet", async () => {
    const lost = await net.natGateway(isolatedSubnet, "lost");
    const behind = await net.subnet(vpcId, "behind", "10.0.3.0/24");
    await net.defaultRoute(vpcId, behind, "behind", { natGatewayId: lost });
    expect(to(behind, "198.51.100.1")).to.deep.equal({ kind: "natGateway", id: lost });
    expect(net.network.routeTables.publicAddressesOf(behind)).to.deep.equal([]);
  });

  it("are refused a second time for one destination", async () => {
    const again = {
      routeTableId: privateTable,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: internetGateway,
    };
    expect(await net.refusal(route, "again", again)).to.match(/^RouteAlreadyExists: .*0\.0\.0\.0\/0/);
  });

  it("are refused without exactly one target", async () => {
    const destination = { routeTableId: privateTable, destinationCidrBlock: "192.0.2.0/24" };
    expect(await net.refusal(route, "none", destination)).to.match(/^InvalidParameterCombination: /);
    const two = { ...destination, gatewayId: internetGateway, natGatewayId: natGateway };
    expect(await net.refusal(route, "two", two)).to.match(/^InvalidParameterCombination: /);
  });

  it("are refused with a bad destination, or none", async () => {
    const base = { routeTableId: privateTable, natGatewayId: natGateway };
    expect(await net.refusal(route, "bad", { ...base, destinationCidrBlock: "192.0.2.1/24" })).to.match(
      /^InvalidParameterValue: .*192\.0\.2\.1\/24/,
    );
    expect(await net.refusal(route, "none", base)).to.match(/^InvalidParameterCombination: /);
  });

  it("are refused to gateways that do not exist or belong to another VPC", async () => {
    const base = { routeTableId: privateTable, destinationCidrBlock: "192.0.2.0/24" };
    const foreign = await net.internetGateway(await net.vpc("other"), "foreign");
    expect(await net.refusal(route, "r", { ...base, gatewayId: "igw-1" })).to.match(
      /^InvalidGatewayID\.NotFound: /,
    );
    expect(await net.refusal(route, "r", { ...base, natGatewayId: "nat-1" })).to.match(
      /^InvalidNatGatewayID\.NotFound: /,
    );
    expect(await net.refusal(route, "r", { ...base, gatewayId: foreign })).to.match(
      /^InvalidParameterValue: .*different networks/,
    );
  });

  it("are refused to what the account cannot have", async () => {
    const base = { routeTableId: privateTable, destinationCidrBlock: "192.0.2.0/24" };
    expect(await net.refusal(route, "r", { ...base, transitGatewayId: "tgw-1" })).to.match(
      /^UnsupportedOperation: .*transitGatewayId/,
    );
  });

  it("may be written inside the table", async () => {
    const routes = [{ cidrBlock: "0.0.0.0/0", natGatewayId: natGateway }];
    const routeTableId = await net.id(table, "inline", { vpcId, routes });
    await net.create(association, "inline", { routeTableId, subnetId: isolatedSubnet });
    expect(to(isolatedSubnet, "198.51.100.1")?.id).to.equal(natGateway);
  });

  it("come from one table for each subnet", async () => {
    const routeTableId = await net.id(table, "second", { vpcId });
    expect(await net.refusal(association, "second", { routeTableId, subnetId: privateSubnet })).to.match(
      /^Resource\.AlreadyAssociated: /,
    );
  });

  it("come from a table of the subnet's own VPC", async () => {
    const routeTableId = await net.id(table, "foreign", { vpcId: await net.vpc("other") });
    expect(await net.refusal(association, "foreign", { routeTableId, subnetId: isolatedSubnet })).to.match(
      /^InvalidParameterValue: .*different networks/,
    );
  });
});
