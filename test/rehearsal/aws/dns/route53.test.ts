import { expect } from "chai";
import type { Account } from "../../../../rehearsal/aws/account";
import type { Created } from "../../../../rehearsal/aws/accountContext";
import { AwsError } from "../../../../rehearsal/aws/awsError";
import { account, make, refused, text } from "../make";

const type = "aws:route53/record:Record";
const zoneId = "Z1PUBLIC";
const hostedZones = [
  { id: zoneId, name: "example.com", isPrivate: false },
  { id: "Z1SMALLER", name: "dev.example.com", isPrivate: false },
  { id: "Z1PRIVATE", name: "example.com", isPrivate: true },
];

describe("the stand-in Route 53", () => {
  let aws: Account;
  beforeEach(() => {
    aws = account("test", { hostedZones });
  });

  const record = (name: string, more: object = {}): Promise<Created> =>
    make(aws, type, name, { zoneId, name, type: "A", records: ["203.0.113.1"], ttl: 60, ...more });

  async function balancer(): Promise<Created> {
    const vpc = await make(aws, "aws:ec2/vpc:Vpc", "net", { cidrBlock: "10.0.0.0/16" });
    const subnet = await make(aws, "aws:ec2/subnet:Subnet", "net", {
      vpcId: vpc.id,
      cidrBlock: "10.0.0.0/24",
      availabilityZone: "ap-northeast-1a",
    });
    return make(aws, "aws:lb/loadBalancer:LoadBalancer", "lb", {
      name: "lb",
      loadBalancerType: "network",
      internal: true,
      subnets: [subnet.id],
    });
  }

  it("answers with what a record says, in whatever case and with whatever dot it is asked", async () => {
    const made = await record("Gitlab.Example.com.");
    expect(made).to.deep.include({ id: "Z1PUBLIC_gitlab.example.com_A" });
    expect(made.outputs).to.include({ fqdn: "gitlab.example.com" }).and.not.have.property("region");
    expect(aws.route53.answer("GITLAB.example.com.", "A")).to.deep.equal(["203.0.113.1"]);
    expect(aws.route53.answer("gitlab.example.com", "AAAA")).to.deep.equal([]);
  });

  it("answers by the smallest public zone that a name is in", async () => {
    await record("a.dev.example.com");
    await record("b.example.com", { zoneId: "Z1PRIVATE" });
    expect(aws.route53.answer("a.dev.example.com", "A")).to.deep.equal([]);
    expect(aws.route53.answer("b.example.com", "A")).to.deep.equal([]);
    expect(aws.route53.answersFor("gitlab.example.org")).to.equal(false);
  });

  it("puts a name that is not in the zone before the zone's, as the AWS provider does", async () => {
    expect(text(await record("gitlab.other.org"), "fqdn")).to.equal("gitlab.other.org.example.com");
  });

  it("refuses a zone that is not there, and a second record of a name unless it may overwrite", async () => {
    await refused("NoSuchHostedZone", record("a.example.com", { zoneId: "Z1NONE" }));
    await record("a.example.com");
    const again = { records: ["203.0.113.2"] };
    expect(await refused("InvalidChangeBatch", record("a.example.com", again))).to.contain("already exists");
    await record("a.example.com", { ...again, allowOverwrite: true });
    expect(aws.route53.answer("a.example.com", "A")).to.deep.equal(["203.0.113.2"]);
  });

  it("refuses a CNAME beside other records, and at the zone's own name", async () => {
    const cname = { type: "CNAME", records: ["b.example.com"] };
    await record("a.example.com");
    expect(await refused("InvalidChangeBatch", record("a.example.com", cname))).to.contain("conflicts");
    expect(await refused("InvalidChangeBatch", record("example.com", cname))).to.contain("apex");
  });

  it("makes an alias of a load balancer by its zone, without a time to live", async () => {
    const { outputs } = await balancer();
    const alias = { name: outputs["dnsName"], zoneId: outputs["zoneId"], evaluateTargetHealth: false };
    const plain = { records: undefined, ttl: undefined };
    await record("a.example.com", { ...plain, aliases: [alias] });
    expect(aws.route53.answer("a.example.com", "A")).to.deep.equal([outputs["dnsName"]]);
    for (const [code, change] of [
      ["InvalidInput", { ...plain, ttl: 60, aliases: [alias] }],
      ["InvalidInput", { aliases: [alias] }],
      ["InvalidInput", plain],
      ["InvalidInput", { ttl: undefined }],
      ["InvalidChangeBatch", { ...plain, aliases: [{ ...alias, zoneId: "Z1OTHER" }] }],
      ["InvalidChangeBatch", { ...plain, aliases: [{ ...alias, name: "gone.elb.amazonaws.com" }] }],
    ] as const)
      await refused(code, record("b.example.com", change));
  });

  it("tells of a zone whether it is private, and of none that is not there", () => {
    const get = (id: string) => aws.call("aws:route53/getZone:getZone", { zoneId: id });
    expect(get(zoneId)).to.include({ zoneId, name: "example.com", privateZone: false });
    expect(get("Z1PRIVATE")).to.include({ privateZone: true });
    expect(() => get("Z1NONE")).to.throw(AwsError, "NoSuchHostedZone");
  });
});
