import { expect } from "chai";
import { readDeployment } from "../../../isolation/model/readDeployment";
import { readStackExport, UnreadableExportError } from "../../../isolation/model/stackExport";
import { exportStack } from "../../../rehearsal/engines/in-process/stackExport";
import { deploySource, deployTarget } from "../../../rehearsal/engines/deployStack";

describe("readDeployment", () => {
  let dev: unknown;
  let prd: unknown;

  before(async function () {
    this.timeout(60_000);
    const options = { root: process.cwd(), seed: "reading" };
    const source = (await deploySource(options)).deployment;
    const target = (await deployTarget(source, options)).deployment;
    dev = JSON.parse(JSON.stringify(exportStack(source, "passphrase")));
    prd = JSON.parse(JSON.stringify(exportStack(target, "passphrase")));
  });

  const read = () =>
    readDeployment({ source: readStackExport(dev, "dev"), target: readStackExport(prd, "prd") });

  it("reads all of the default deployment", () => {
    const { source, target } = read();
    const gaps = [...(source?.gaps ?? []), ...(target?.gaps ?? [])];
    expect([gaps, source?.unmodelled, target?.unmodelled]).to.deep.equal([[], [], []]);
  });

  it("knows the gate users' policies and git credentials", () => {
    const { target, declared } = read();
    const push = target?.identities.find(({ arn }) => arn === declared.pushUser);
    expect(push?.policies.map(({ policy }) => policy.statements.length)).to.deep.equal([3]);
    expect(push?.credentials.map(({ kind, active }) => [kind, active])).to.deep.equal([
      ["git credential", true],
    ]);
  });

  it("knows GitLab, the proxy, and what it may let through", () => {
    const hosts = read().source?.network.hosts ?? [];
    expect(hosts.map(({ role, publicIp }) => [role, publicIp])).to.have.deep.members([
      ["gitlab", false],
      ["proxy", false],
    ]);
    expect(hosts.find(({ role }) => role === "proxy")?.squidConf).to.contain("http_access deny all");
  });

  it("reads the same whatever the order of the resources", () => {
    const snapshot = readStackExport(dev, "dev");
    const turned = { ...snapshot, resources: [...snapshot.resources].reverse() };
    const without = (given: typeof snapshot) => ({
      ...readDeployment({ source: given }).source,
      snapshot: undefined,
    });
    expect(without(turned)).to.deep.equal(without(snapshot));
  });

  it("takes what is declared from the stacks, and from the argument key by key", () => {
    const { declared } = read();
    expect([declared.workTerminalCidrs, declared.isolatedTerminalCidrs]).to.deep.equal([
      ["198.51.100.0/24"],
      ["192.0.2.0/24"],
    ]);
    const other = readDeployment({ source: readStackExport(dev, "dev") }, { workTerminalCidrs: [] });
    expect(other.declared.workTerminalCidrs).to.deep.equal([]);
  });

  it("names a policy that it cannot read", () => {
    const text = JSON.stringify(prd).replaceAll("NotIpAddress", "NotIpAdress");
    const { target } = readDeployment({ target: readStackExport(JSON.parse(text), "prd") });
    expect(target?.gaps.map(({ reason }) => reason).join("\n")).to.contain("DenyFromElsewhere");
  });

  it("refuses what is not an export, and says what to do", () => {
    for (const given of [
      null,
      [],
      "text",
      {},
      { version: 2, deployment: {} },
      { version: 3, deployment: { resources: [1] } },
    ]) {
      expect(() => readStackExport(given, "dev")).to.throw(UnreadableExportError, "pulumi stack export");
    }
  });
});
