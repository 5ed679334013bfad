import { expect } from "chai";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeEngine, siteWithBoth } from "./describeEngine";
import { type Site } from "./site";

/** What must be secret, by the type that has it. Each must be found at least once in the accounts. */
const secretOutputs: Readonly<Record<string, string>> = {
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "servicePassword",
  "aws:secretsmanager/secretVersion:SecretVersion": "secretString",
  "aws:ssm/parameter:Parameter": "value",
  "aws:acm/certificate:Certificate": "privateKey",
  "random:index/randomPassword:RandomPassword": "result",
  "tls:index/privateKey:PrivateKey": "privateKeyPem",
};

describeEngine("the secrets of both sides", () => {
  let site: Site;
  /** Their values, by where they came from. */
  const secrets = new Map<string, string>();
  before(async () => {
    site = await siteWithBoth();
    for (const { type, name, outputs } of [...site.held("dev"), ...site.held("prd")]) {
      const value = outputs[secretOutputs[type] ?? ""];
      if (typeof value === "string") secrets.set(`${type} ${name}`, value);
    }
  });

  /** In which of the texts a secret stands: as it is, or as JSON, base64 or a URL has it. */
  function exposed(texts: ReadonlyMap<string, string>): string[] {
    return [...secrets].flatMap(([what, secret]) => {
      const forms = [
        secret,
        JSON.stringify(secret).slice(1, -1),
        JSON.stringify(JSON.stringify(secret)).slice(3, -3),
        Buffer.from(secret).toString("base64"),
        encodeURIComponent(secret),
      ];
      return [...texts]
        .filter(([, text]) => forms.some((form) => text.includes(form)))
        .map(([where]) => `${what} in ${where}`);
    });
  }

  it("are there: passwords, keys and what is made of them", () => {
    const types = new Set([...secrets.keys()].map((what) => what.split(" ")[0]));
    expect([...types]).to.have.members(Object.keys(secretOutputs));
    for (const secret of secrets.values()) expect(secret).to.have.length.of.at.least(16);
    const accounts = new Map(
      (["dev", "prd"] as const).map((stack) => [stack, site.accounts[stack].ledger.toText()]),
    );
    expect(exposed(accounts)).to.have.length.of.at.least(secrets.size);
  });

  it("stand in plain text in no file of the backend or the project", () => {
    const texts = new Map<string, string>();
    for (const folder of [site.project.backend, site.project.folder]) {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        const file = join(folder, name);
        if (statSync(file).isFile()) texts.set(file, readFileSync(file, "utf8"));
      }
    }
    expect([...texts.keys()].some((file) => file.endsWith("stacks/git-airlock/prd.json"))).to.equal(true);
    expect(exposed(texts)).to.deep.equal([]);
  });

  it("are not printed: by up, refresh, export or the outputs", async () => {
    const texts = new Map<string, string>();
    for (const stack of ["dev", "prd"] as const) {
      site.project.setConfig(stack, "aws:defaultTags", { tags: { owner: "somebody else" } });
      for (const args of [
        ["up", "--yes", "--skip-preview", "--diff", "--show-sames"],
        ["refresh", "--yes", "--skip-preview", "--diff"],
        ["stack", "export"],
        ["stack", "output", "--json"],
      ])
        texts.set(`${args.join(" ")} of ${stack}`, await site.run(stack, ...args));
    }
    expect(texts.get("stack output --json of prd")).to.contain('"pushCredential": "[secret]"');
    expect(exposed(texts)).to.deep.equal([]);
  });
});
