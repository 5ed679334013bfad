import { expect } from "chai";
import fc from "fast-check";
import { keysOf, roles } from "../../../components/config/keys";
import { ConfigError } from "../../../components/config/configError";
import { readConfig } from "../../../components/config/readConfig";
import { asEntries, problemsOf, read, soundSource, soundTarget } from "./entries";

const ourKeys = roles.flatMap((role) => [...keysOf(role).keys()]);
const words = [
  "vpcId",
  "mode",
  "url",
  "availabilityZones",
  "officeHours",
  "gitlabProject",
  "name",
  "network",
  "backups",
];
const junk = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .dictionary(
      fc.constantFrom(...words, "__proto__", "constructor"),
      fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
    )
    .map((value) => JSON.stringify(value)),
  fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.jsonValue())).map((value) => JSON.stringify(value)),
);
const junkKey = fc.oneof(
  fc.constantFrom(...ourKeys, "role", "__proto__", "toString").map((key) => `git-airlock:${key}`),
  fc.string().map((key) => `git-airlock:${key}`),
);

describe("readConfig, whatever it is given", () => {
  it("returns a config or throws a ConfigError, and nothing else", () => {
    fc.assert(
      fc.property(fc.constantFrom(soundSource, soundTarget), fc.dictionary(junkKey, junk), (sound, wrong) => {
        try {
          const config = readConfig({ ...asEntries(sound), ...wrong }, "git-airlock");
          expect(config.role).to.be.oneOf(["source", "target"]);
        } catch (error) {
          expect(error).to.be.instanceOf(ConfigError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("names every junk key of ours that is none", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (key) => {
        fc.pre(!ourKeys.includes(key) && key !== "role");
        const problems = problemsOf({ ...soundSource, [`git-airlock:${key}`]: "1" });
        expect(problems).to.have.length(1);
        expect(problems[0]).to.satisfy((line: string) =>
          line.startsWith(`git-airlock:${key}: is not a known key; did you mean`),
        );
      }),
    );
  });

  it("says the same whatever order the keys are in", () => {
    const broken = Object.entries(
      asEntries({ ...soundSource, proxy: { tasks: 9 }, gitlab: {}, workTerminalCidrs: ["x"], a: "1" }),
    );
    const message = (entries: [string, string][]) => {
      try {
        return JSON.stringify(readConfig(Object.fromEntries(entries), "git-airlock"));
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(fc.shuffledSubarray(broken, { minLength: broken.length }), (shuffled) => {
        expect(message(shuffled)).to.equal(message(broken));
      }),
    );
  });

  it("takes every list of canonical, narrow, distinct work terminals as it is", () => {
    const cidr = fc
      .tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255), fc.integer({ min: 24, max: 32 }))
      .map(([a, b, c, length]) => `${a}.${b}.${c}.0/${length}`);
    fc.assert(
      fc.property(fc.uniqueArray(cidr, { minLength: 1, maxLength: 20 }), (workTerminalCidrs) => {
        expect(read({ ...soundSource, workTerminalCidrs })).to.have.deep.nested.property(
          "source.workTerminalCidrs",
          workTerminalCidrs,
        );
      }),
    );
  });

  it("lets no list of work terminals through that holds a quarter of IPv4 or more", () => {
    const cover = fc
      .tuple(fc.integer({ min: 2, max: 14 }), fc.infiniteStream(fc.boolean()))
      .map(([length]) => {
        const step = 2 ** Math.max(0, 8 - length);
        return Array.from(
          { length: Math.min(2 ** length, 256) / 4 },
          (_, index) => `${index * step}.0.0.0/${Math.min(length, 8)}`,
        );
      });
    fc.assert(
      fc.property(cover, (workTerminalCidrs) => {
        expect(problemsOf({ ...soundSource, workTerminalCidrs })).not.to.deep.equal([]);
      }),
    );
  });

  it("shows a secret value in no problem", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keysOf("target").keys()), (key) => {
        const secret = "s3cr3t-value";
        const values = [secret, [secret], { name: secret }, [{ gitlabProject: secret }], { mode: secret }];
        for (const value of values) {
          const problems = problemsOf({ ...soundTarget, [key]: value }, [`git-airlock:${key}`]);
          expect(problems.join("\n")).not.to.contain(secret);
        }
      }),
    );
  });
});
