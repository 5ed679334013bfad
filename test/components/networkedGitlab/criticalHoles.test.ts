import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import {
  criticalHoles,
  holesKnownUntil,
  holesOf,
  mendedReleases,
} from "../../../components/networkedGitlab/criticalHoles";
import { isAtLeast, versionForm } from "../../../components/networkedGitlab/gitlabVersion";
import { networkedGitlabSchema } from "../../../components/networkedGitlab/args";
import { parse } from "../../../components/schema/parse";
import { renderProblems } from "../../../components/schema/problems";
import { selfSigned } from "./deploySource";
import { someSource } from "./someSource";

const cves = (version: string) => holesOf(version).map(({ cve }) => cve);
const both = ["CVE-2026-89078", "CVE-2026-93577"];

function linesOf(version: string, acceptedCves: string[] = []): string[] {
  const args = someSource({ gitlab: { ...selfSigned, version, acceptedCves } });
  const parsed = parse(networkedGitlabSchema(args), args);
  return "problems" in parsed ? renderProblems(parsed.problems, []).map(({ text }) => text) : [];
}

describe("the list of releases with a known critical hole", () => {
  for (const [version, found] of [
    ["18.6.9", []],
    ["18.7.0", ["CVE-2026-85706"]],
    ["18.11.12", ["CVE-2026-85706"]],
    ["19.1.7", ["CVE-2026-85706"]],
    ["19.1.8", []],
    ["19.2.0", ["CVE-2026-85706", ...both]],
    ["19.2.5", ["CVE-2026-85706", ...both]],
    ["19.2.6", both],
    ["19.2.7", []],
    ["19.3.1", ["CVE-2026-85706", ...both]],
    ["19.3.2", both],
    ["19.3.3", []],
    ["19.4.0", both],
    ["19.4.1", []],
    ["19.10.0", []],
    ["20.0.0", []],
  ] as const) {
    it(`has ${found.join(", ") || "nothing"} of ${version}`, () => {
      expect(cves(version)).to.deep.equal([...found]);
    });
  }

  it("has nothing of the sample's release", () => {
    const text = readFileSync(join(__dirname, "../../../Pulumi.dev.yaml"), "utf8");
    const { config } = z
      .object({ config: z.looseObject({ "git-airlock:gitlab": z.looseObject({ version: z.string() }) }) })
      .parse(parseYaml(text));
    expect(cves(config["git-airlock:gitlab"].version)).to.deep.equal([]);
  });

  it("says of each hole since when and by which release it is mended, in ranges that hold something, with its source", () => {
    for (const { cve, ranges, published, source } of criticalHoles) {
      expect(cve).to.match(/^CVE-\d{4}-\d{4,}$/);
      expect(ranges).not.to.deep.equal([]);
      for (const { from, mendedIn } of ranges) {
        for (const version of [from, mendedIn]) expect(version).to.match(versionForm);
        expect(isAtLeast(from, mendedIn), `${from} to ${mendedIn}`).to.equal(false);
        expect(cves(from)).to.include(cve);
        expect(cves(mendedIn)).not.to.include(cve);
      }
      expect(published).to.match(/^2026-\d\d-\d\d$/);
      expect(published <= holesKnownUntil).to.equal(true);
      expect(source).to.match(/^https:\/\/docs\.gitlab\.com\//);
    }
    expect(new Set(criticalHoles.map(({ cve }) => cve)).size).to.equal(criticalHoles.length);
  });

  it("names newer releases that have none of them, for each one that has one", () => {
    for (const { ranges } of criticalHoles)
      for (const { from } of ranges) {
        expect(mendedReleases(from)).not.to.deep.equal([]);
        for (const mended of mendedReleases(from)) {
          expect(isAtLeast(mended, from)).to.equal(true);
          expect(cves(mended)).to.deep.equal([]);
        }
      }
    expect(mendedReleases("19.2.6")).to.deep.equal(["19.2.7", "19.3.3", "19.4.1"]);
  });
});

describe("a release with a known critical hole", () => {
  it("is refused with what the hole lets people do, and with the releases that have it mended", () => {
    const lines = linesOf("19.3.2");
    expect(lines).to.have.length(2);
    for (const [i, cve] of both.entries())
      expect(lines[i]).to.equal(
        `gitlab.version: "19.3.2" has ${cve}: it lets whoever may run a pipeline run code on the host (2026-09-23, ` +
          "https://docs.gitlab.com/releases/patches/patch-release-gitlab-19-4-1-released/); expected " +
          `"19.3.3", "19.4.1" or newer, or, on the way there, gitlab.acceptedCves: ["${cve}"]`,
      );
  });

  it("is taken when each of its holes is, as on the way over a required stop that has no mended release", () => {
    expect(linesOf("18.11.4", ["CVE-2026-85706"])).to.deep.equal([]);
    expect(linesOf("19.2.6", ["CVE-2026-89078"])).to.have.length(1);
    expect(linesOf("19.2.6", both)).to.deep.equal([]);
  });

  it("is not taken any more once it is left: what was accepted has to go", () => {
    expect(linesOf("19.4.1", ["CVE-2026-85706"])).to.deep.equal([
      `gitlab.acceptedCves[0]: "CVE-2026-85706" is no hole of 19.4.1 that is known here (as of ${holesKnownUntil}); remove it`,
    ]);
  });
});

describe("versions", () => {
  const version = fc.tuple(fc.nat(30), fc.nat(12), fc.nat(20));
  const compare = (a: number[], b: number[]) => {
    const at = a.findIndex((number, i) => number !== b[i]);
    return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  };

  it("are compared number by number", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(isAtLeast(a.join("."), b.join("."))).to.equal(compare(a, b) >= 0);
      }),
    );
  });

  it("are three numbers in their shortest form", () => {
    for (const sound of ["19.4.1", "0.0.0", "20.10.100"])
      expect(versionForm.test(sound), sound).to.equal(true);
    for (const wrong of ["19.4", "19.4.1.0", "019.4.1", "19.4.01", "19.4.1-ce.0", "v19.4.1", "19.4.1\n"])
      expect(versionForm.test(wrong), wrong).to.equal(false);
  });
});
