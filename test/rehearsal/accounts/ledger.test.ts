import { expect } from "chai";
import { Ledger } from "../../../rehearsal/accounts/ledger";

const options = { accountId: "111111111111", region: "ap-northeast-1", seed: "test" };
const open = (text?: string) => Ledger.open(options, text);

const vpcType = "aws:ec2/vpc:Vpc";
const subnetType = "aws:ec2/subnet:Subnet";
const eipType = "aws:ec2/eip:Eip";
const userType = "aws:iam/user:User";

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
    return error instanceof Error ? error.message : String(error);
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
});
