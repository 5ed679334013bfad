import { expect } from "chai";
import fc from "fast-check";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatVersion, isNewEnough, oldestVersion, parseVersion } from "../../engine/version";
import { root, temporaryFolder } from "./fakes";

const version = fc.tuple(fc.nat(9), fc.nat(999), fc.nat(99));

describe("versions of the Pulumi CLI", () => {
  it("are read as the CLI prints them", () => {
    expect(parseVersion("v3.200.0\n")).to.deep.equal([3, 200, 0]);
    expect(parseVersion("3.201.1-alpha.1+dirty")).to.deep.equal([3, 201, 1]);
    expect(parseVersion("3.200")).to.equal(undefined);
    expect(parseVersion("Pulumi 3.200.0")).to.equal(undefined);
  });

  it("come back from their text", () => {
    fc.assert(
      fc.property(version, (given) => {
        expect(parseVersion(formatVersion(given))).to.deep.equal(given);
      }),
    );
  });

  it("are new enough when they are the oldest one or come after it within the major version", () => {
    const number = ([major, minor, patch]: readonly number[]): number =>
      (major ?? 0) * 1e6 + (minor ?? 0) * 1e3 + (patch ?? 0);
    fc.assert(
      fc.property(version, version, (actual, oldest) => {
        const expected = actual[0] === oldest[0] && number(actual) >= number(oldest);
        expect(isNewEnough(actual, oldest)).to.equal(expected);
      }),
    );
  });

  it("begin with the one that this clone builds", () => {
    expect(oldestVersion(root)).to.deep.equal([3, 200, 0]);
  });

  it("cannot be told from a go.mod that pins none", () => {
    const folder = temporaryFolder();
    try {
      cpSync(join(root, "engine", "pulumi"), join(folder, "engine", "pulumi"), { recursive: true });
      writeFileSync(join(folder, "engine", "pulumi", "go.mod"), "module x\n");
      expect(() => oldestVersion(folder)).to.throw(
        /go\.mod requires no version of .*Restore the file from git/,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
