import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { z } from "zod";
import { keysOf, roles } from "../../../components/config/keys";
import { defaultProxyImage } from "../../../components/networkedGitlab/args";
import { readConfig } from "../../../components/config/readConfig";

const root = join(__dirname, "../../..");
const readYaml = (name: string): unknown => parse(readFileSync(join(root, name), "utf8"));

const project = z
  .object({
    name: z.string(),
    runtime: z.unknown(),
    config: z.record(
      z.string(),
      z.strictObject({
        type: z.enum(["string", "integer", "boolean", "array", "object"]),
        items: z.strictObject({ type: z.string() }).optional(),
        description: z.string().min(20),
        default: z.unknown().optional(),
      }),
    ),
  })
  .parse(readYaml("Pulumi.yaml"));

/** A stack's config as the program gets it: Pulumi copies the project's defaults in, lists and objects as JSON. */
function entriesOf(stackFile: string): Record<string, string> {
  const { config } = z.strictObject({ config: z.record(z.string(), z.unknown()) }).parse(readYaml(stackFile));
  const defaults = Object.entries(project.config)
    .filter(([, key]) => key.default !== undefined)
    .map(([name, key]) => [`${project.name}:${name}`, key.default] as const);
  return Object.fromEntries(
    [...defaults, ...Object.entries(config)].map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

describe("Pulumi.yaml", () => {
  it("declares exactly the keys that the program reads, with their types and defaults", () => {
    const declared = Object.entries(project.config).map(([name, key]) => [
      name,
      key.type,
      key.items?.type,
      key.default,
    ]);
    // A key of two roles is declared once.
    const keys = new Map(roles.flatMap((role) => [...keysOf(role)]));
    const read = [...keys].map(([name, key]) => [
      name,
      key.type,
      key.type === "array" ? key.items : undefined,
      key.default,
    ]);
    expect(declared).to.deep.equal([["role", "string", undefined, undefined], ...read]);
  });

  it("says for each key which role it belongs to", () => {
    for (const role of roles) {
      for (const name of keysOf(role).keys()) {
        expect(project.config[name]?.description, name).to.satisfy((text: string) =>
          text.split(". ", 1)[0]?.split(", ").includes(role),
        );
      }
    }
  });

  it("names the default image of the proxy", () => {
    expect(project.config.proxy?.description).to.contain(defaultProxyImage);
  });

  it("runs TypeScript by tsx", () => {
    expect(project.runtime).to.deep.equal({
      name: "nodejs",
      options: { typescript: false, nodeargs: "--import tsx" },
    });
  });
});

describe("the stack files to start from", () => {
  it("are read without a problem once Pulumi has copied the defaults in", () => {
    expect(readConfig(entriesOf("Pulumi.dev.yaml"), project.name)).to.include({
      role: "source",
      region: "ap-northeast-1",
    });
    expect(readConfig(entriesOf("Pulumi.prd.yaml"), project.name)).to.include({
      role: "target",
      region: "ap-northeast-1",
    });
    expect(readConfig(entriesOf("Pulumi.mirror.yaml"), project.name)).to.deep.include({
      role: "mirror",
      region: "ap-northeast-1",
      stacks: { source: "organization/git-airlock/dev", targets: ["organization/git-airlock/prd"] },
    });
  });

  it("tag everything with the project, the environment and an owner", () => {
    for (const env of ["dev", "prd"]) {
      const tags = { tags: { pj: "mirror", env, owner: "you" } };
      expect(entriesOf(`Pulumi.${env}.yaml`)["aws:defaultTags"]).to.equal(JSON.stringify(tags));
    }
    // It is deployed in the development account.
    expect(entriesOf("Pulumi.mirror.yaml")["aws:defaultTags"]).to.equal(
      entriesOf("Pulumi.dev.yaml")["aws:defaultTags"],
    );
  });

  it("name no address but documentation ones and the private ranges of the networks to be made", () => {
    for (const file of ["Pulumi.dev.yaml", "Pulumi.prd.yaml"]) {
      const addresses = readFileSync(join(root, file), "utf8").match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
      expect(addresses, file).not.to.be.empty;
      for (const address of addresses) {
        expect(address).to.match(/^(?:192\.0\.2|198\.51\.100|203\.0\.113|10\.[01]\.0)\.\d+$/);
      }
    }
  });
});
