import { expect } from "chai";
import { errorText } from "../../../facts/errorText";
import { Ledger } from "../../../rehearsal/aws/ledger";

const options = { accountId: "111111111111", region: "ap-northeast-1", seed: "test" };
const open = (text?: string) => Ledger.open(options, text);

const vpcType = "aws:ec2/vpc:Vpc";
const subnetType = "aws:ec2/subnet:Subnet";
const eipType = "aws:ec2/eip:Eip";
const userType = "aws:iam/user:User";
const credentialType = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";
const definitionType = "aws:ecs/taskDefinition:TaskDefinition";
const natType = "aws:ec2/natGateway:NatGateway";
const routeType = "aws:ec2/route:Route";
const tableType = "aws:ec2/routeTable:RouteTable";

async function vpcWithSubnet(ledger: Ledger) {
  const vpc = await ledger.create({ type: vpcType, name: "v", inputs: { cidrBlock: "10.0.0.0/16" } });
  const inputs = { vpcId: vpc.id, cidrBlock: "10.0.1.0/24", availabilityZone: "ap-northeast-1a" };
  const subnet = await ledger.create({ type: subnetType, name: "s", inputs });
  return { vpc, subnet };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return errorText(error);
  }
  throw new Error("it was not refused");
}

describe("an account that lives on", () => {
  it("is the same account again when it is opened from its text", async () => {
    const first = await open();
    const { vpc, subnet } = await vpcWithSubnet(first);
    const second = await open(first.toText());
    expect(second.read(vpcType, vpc.id)).to.deep.equal(first.read(vpcType, vpc.id));
    expect(second.read(subnetType, subnet.id)).to.deep.equal(first.read(subnetType, subnet.id));
    expect(second.toText()).to.equal(first.toText());
  });

  it("refuses to delete what another resource needs, and keeps both", async () => {
    const ledger = await open();
    const { vpc, subnet } = await vpcWithSubnet(ledger);
    expect(await refusal(ledger.delete(vpcType, vpc.id))).to.match(/^DependencyViolation: .*still in use/);
    expect(ledger.read(vpcType, vpc.id)).not.to.equal(undefined);
    expect(ledger.account.subnets.find(subnet.id)).not.to.equal(undefined);
  });

  it("deletes a resource that nothing needs any more", async () => {
    const ledger = await open();
    const { vpc, subnet } = await vpcWithSubnet(ledger);
    await ledger.delete(subnetType, subnet.id);
    await ledger.delete(vpcType, vpc.id);
    expect(ledger.read(vpcType, vpc.id)).to.equal(undefined);
  });

  it("changes a resource in place, under its id", async () => {
    const ledger = await open();
    const { vpc } = await vpcWithSubnet(ledger);
    const inputs = { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true };
    const outputs = await ledger.update(vpcType, vpc.id, inputs);
    expect(outputs).to.include({ id: vpc.id, enableDnsHostnames: true });
  });

  it("refuses a change that AWS would refuse, and changes nothing", async () => {
    const ledger = await open();
    const { subnet } = await vpcWithSubnet(ledger);
    const before = ledger.toText();
    const inputs = { ...subnet.outputs, cidrBlock: "192.168.0.0/24" };
    expect(await refusal(ledger.update(subnetType, subnet.id, inputs))).to.contain("InvalidSubnet.Range");
    expect(ledger.toText()).to.equal(before);
  });

  it("lets a resource refer to one that was made after it", async () => {
    const ledger = await open();
    const { subnet } = await vpcWithSubnet(ledger);
    const later = await ledger.create({ type: vpcType, name: "later", inputs: { cidrBlock: "10.1.0.0/16" } });
    const inputs = { vpcId: later.id, cidrBlock: "10.1.1.0/24", availabilityZone: "ap-northeast-1a" };
    const outputs = await ledger.update(subnetType, subnet.id, inputs);
    expect(outputs).to.include({ vpcId: later.id });
  });

  it("gives a successor of one name another id, and an Elastic IP another address", async () => {
    const ledger = await open();
    const eip = { type: eipType, name: "nat", inputs: {} };
    const [old, successor] = [await ledger.create(eip), await ledger.create(eip)];
    expect(successor.id).not.to.equal(old.id);
    expect(successor.outputs["publicIp"]).not.to.equal(old.outputs["publicIp"]);
  });

  it("leaves an Elastic IP its address when an older one goes", async () => {
    const ledger = await open();
    const first = await ledger.create({ type: eipType, name: "a", inputs: {} });
    const second = await ledger.create({ type: eipType, name: "b", inputs: {} });
    await ledger.delete(eipType, first.id);
    expect(ledger.read(eipType, second.id)?.outputs["publicIp"]).to.equal(second.outputs["publicIp"]);
  });

  it("takes changes that are asked for at once one after the other", async () => {
    const ledger = await open();
    const names = ["a", "b", "c", "d"];
    const users = await Promise.all(
      names.map((name) => ledger.create({ type: userType, name, inputs: { name } })),
    );
    await Promise.all(users.slice(1).map(({ id }) => ledger.delete(userType, id)));
    expect(ledger.account.iam.users().map((user) => user.userName)).to.deep.equal(["a"]);
  });

  it("keeps the route to a NAT gateway that is gone as a black hole, but gives no route to one", async () => {
    const ledger = await open();
    const { vpc, subnet } = await vpcWithSubnet(ledger);
    await ledger.create({
      type: "aws:ec2/internetGateway:InternetGateway",
      name: "i",
      inputs: { vpcId: vpc.id },
    });
    const eip = await ledger.create({ type: eipType, name: "e", inputs: {} });
    const natInputs = { subnetId: subnet.id, allocationId: eip.id };
    const nat = await ledger.create({ type: natType, name: "n", inputs: natInputs });
    const table = await ledger.create({ type: tableType, name: "t", inputs: { vpcId: vpc.id } });
    const routeInputs = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id };
    const route = await ledger.create({ type: routeType, name: "r", inputs: routeInputs });
    await ledger.delete(natType, nat.id);
    expect(ledger.read(routeType, route.id)?.inputs).to.include({ natGatewayId: nat.id });
    const tags = { some: "change" };
    expect(await refusal(ledger.update(routeType, route.id, { ...routeInputs, tags }))).to.contain(
      "NotFound",
    );
    const successor = await ledger.create({ type: natType, name: "n", inputs: natInputs });
    const outputs = await ledger.update(routeType, route.id, { ...routeInputs, natGatewayId: successor.id });
    expect(outputs).to.include({ natGatewayId: successor.id });
  });

  it("keeps nothing of what could not be made", async () => {
    const ledger = await open();
    const { vpc, subnet } = await vpcWithSubnet(ledger);
    await ledger.create({
      type: "aws:ec2/internetGateway:InternetGateway",
      name: "i",
      inputs: { vpcId: vpc.id },
    });
    const eip = await ledger.create({ type: eipType, name: "e", inputs: {} });
    const inputs = { subnetId: subnet.id, allocationId: eip.id };
    const unfit = { ...inputs, privateIp: "192.0.2.1" };
    expect(await refusal(ledger.create({ type: natType, name: "n", inputs: unfit }))).to.contain("192.0.2.1");
    expect((await ledger.create({ type: natType, name: "n", inputs })).outputs).to.include({
      allocationId: eip.id,
    });
  });

  it("leaves a git credential its user name when an older one goes, and gives that to the next", async () => {
    const ledger = await open();
    await ledger.create({ type: userType, name: "u", inputs: { name: "u" } });
    const inputs = { userName: "u", serviceName: "codecommit.amazonaws.com" };
    const make = (name: string) => ledger.create({ type: credentialType, name, inputs });
    const [first, second] = [await make("1"), await make("2")];
    await ledger.delete(credentialType, first.id);
    const kept = ledger.read(credentialType, second.id)?.outputs;
    expect(kept).to.include({ serviceUserName: "u+1-at-111111111111" });
    expect(kept).to.deep.equal(second.outputs);
    expect((await make("3")).outputs).to.include({ serviceUserName: "u-at-111111111111" });
  });

  it("deletes the older of two revisions of a task definition, and keeps the newer one's number", async () => {
    const ledger = await open();
    const definition = (image: string) => ({
      family: "f",
      containerDefinitions: JSON.stringify([{ name: "c", image }]),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
    });
    const register = (image: string) =>
      ledger.create({ type: definitionType, name: "f", inputs: definition(image) });
    const [, newer] = [await register("old"), await register("new")];
    await ledger.delete(definitionType, "f");
    expect(ledger.read(definitionType, "f")?.outputs).to.deep.equal(newer.outputs);
    expect((await register("newest")).outputs).to.include({ revision: 3 });
  });
});
