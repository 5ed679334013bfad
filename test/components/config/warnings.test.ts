import { expect } from "chai";
import { configWarnings } from "../../../components/config/warnings";
import { read, soundSource, soundTarget, type Values } from "./entries";

const warningsOf = (values: Values) => configWarnings(read(values), "git-airlock");

describe("a configuration that is allowed, and most likely not meant,", () => {
  it("is warned of, and a usual one is not", () => {
    expect(warningsOf(soundSource)).to.deep.equal([]);
    expect(warningsOf(soundTarget)).to.deep.equal([]);
  });

  it("has a network out of somebody else's public addresses", () => {
    const { network, pull } = { network: soundSource["network"], pull: soundTarget["pull"] };
    expect(network).to.be.an("object");
    expect(pull).to.be.an("object");
    const zones = { availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] };
    expect(warningsOf({ ...soundSource, network: { ...zones, cidrBlock: "8.8.0.0/16" } }).join()).to.match(
      /^git-airlock:network\.cidrBlock: "8\.8\.0\.0\/16" is public/,
    );
    const room = { isolatedTerminalCidrs: ["192.0.2.0/24"], network: { ...zones, cidrBlock: "1.1.1.0/24" } };
    expect(warningsOf({ ...soundTarget, pull: room }).join()).to.match(
      /^git-airlock:pull\.network\.cidrBlock: "1\.1\.1\.0\/24" is public/,
    );
    for (const cidrBlock of ["10.9.0.0/16", "172.16.0.0/16", "192.168.0.0/24", "100.64.0.0/16"])
      expect(warningsOf({ ...soundSource, network: { ...zones, cidrBlock } }), cidrBlock).to.deep.equal([]);
  });

  it("is of a region that is newer than the list", () => {
    const zones = { availabilityZones: ["ap-northeast-4a", "ap-northeast-4b"] };
    const newer = { ...soundSource, "aws:region": "ap-northeast-4", network: zones };
    expect(warningsOf(newer).join()).to.match(/^aws:region: "ap-northeast-4" is not among/);
  });
});
