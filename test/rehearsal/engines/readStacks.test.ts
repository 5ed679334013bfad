import { expect } from "chai";
import { placeholdersIn } from "../../../rehearsal/scenario/placeholders";
import { accountIds, stackFilesOf } from "../../../rehearsal/engines/readStacks";
import { edited, lineOf, refusalOf, sample, stackFileNames, stacksOf } from "../cloneOfStackFiles";

const dev = "Pulumi.dev.yaml";
const prd = "Pulumi.prd.yaml";
const mirror = "Pulumi.mirror.yaml";
const org = "Pulumi.org.yaml";

/** The file with more keys at its end. */
const plus = (file: string, keys: string) => ({ [file]: `${sample(file)}${keys}` });

describe("the stack files of a clone", () => {
  it("as they come are rehearsed", () => {
    const stacks = stacksOf({});
    const { source, target, organization } = accountIds;
    expect(stacks.accountIds).to.deep.equal({ source, targets: [target], organization });
    expect(stacks.notes).to.deep.equal([]);
  });

  it("are refused with the mistakes of all of them, each with its file and line", () => {
    const files = {
      ...edited("Pulumi.yaml", "default: 2", "default: two"),
      ...edited(dev, 'version: "19.4.1"', "version: 19.3"),
      ...edited(prd, "mode: endpoint", "mode: endpoint\n    lok: sourceVpc"),
      ...edited(mirror, "createProjects: true", "createProjects: maybe"),
    };
    const own = refusalOf(files);
    expect(own.join("\n")).to.match(
      /^Pulumi\.yaml:\d+: git-airlock:sourceAddressCount: "two" is not a whole number/m,
    );
    expect(own).to.include.members([
      `${dev}:${lineOf(dev, "version:")}: git-airlock:gitlab.version: 19.3 is not a text (in quotes); expected e.g. "19.4.1"`,
      `${prd}:${lineOf(prd, "mode: endpoint") + 1}: git-airlock:pull.lok: is not a known key; did you mean "lock"?`,
      `${mirror}:${lineOf(mirror, "createProjects: true")}: git-airlock:createProjects: "maybe" is not true or false; expected e.g. false`,
    ]);
  });

  it("are refused with the line of a list's item, and of the nearest key where one is missing", () => {
    expect(refusalOf(edited(dev, "- ap-northeast-1c", "- ap-northeast-1z"))).to.deep.equal([
      `${dev}:${lineOf(dev, "- ap-northeast-1c")}: git-airlock:network.availabilityZones[1]: "ap-northeast-1z" is not a zone that ` +
        'ap-northeast-1 has: the zones of a region are a to f; expected e.g. "ap-northeast-1a"',
    ]);
    expect(refusalOf(edited(dev, 'version: "19.4.1"', "")).join()).to.match(
      new RegExp(`^${dev}:${lineOf(dev, "git-airlock:gitlab:")}: git-airlock:gitlab\\.version: is missing`),
    );
    expect(refusalOf(edited(dev, "  aws:region: ap-northeast-1\n", "")).join()).to.match(
      new RegExp(`${dev}:${lineOf(dev, "config:")}: aws:region: is missing`),
    );
  });

  const sentences: [what: string, files: Record<string, string | undefined>, says: RegExp][] = [
    [
      "a file that is gone",
      { [dev]: undefined },
      /^Pulumi\.dev\.yaml: there is no such file in .*; "git checkout -- Pulumi\.dev\.yaml"/,
    ],
    ["no project file", { "Pulumi.yaml": undefined }, /^Pulumi\.yaml: there is no such file/],
    ["an empty file", { [prd]: "" }, /^Pulumi\.prd\.yaml:1: the file is empty; "git checkout/],
    ["a file of comments", { [prd]: "# nothing\n" }, /^Pulumi\.prd\.yaml:1: the file is empty/],
    [
      "config: without keys",
      { [dev]: "encryptionsalt: v1:x\nconfig:\n" },
      /^Pulumi\.dev\.yaml:2: "config:" has no keys; expected/,
    ],
    ["config: {}", { [dev]: "config: {}\n" }, /^Pulumi\.dev\.yaml:1: "config:" has no keys/],
    ["config: []", { [dev]: "config: []\n" }, /^Pulumi\.dev\.yaml:1: "config:" has no keys/],
    ["config: text", { [dev]: "config: text\n" }, /^Pulumi\.dev\.yaml:1: "config:" is not keys with values/],
    ["no config:", { [dev]: "encryptionsalt: v1:x\n" }, /^Pulumi\.dev\.yaml:1: the file has no "config:"/],
    ["a list for a file", { [mirror]: "- a\n" }, /^Pulumi\.mirror\.yaml:1: the file is not keys with values/],
    [
      "keys outside of config:",
      { [mirror]: "config:\n  aws:region: us-east-1\ngit-airlock:role: mirror\n" },
      /^Pulumi\.mirror\.yaml:3: git-airlock:role stands outside of "config:"/,
    ],
    ["a tab", { [dev]: "config:\n\taws:region: x\n" }, /^Pulumi\.dev\.yaml:2:1: is not YAML here \(Tabs/],
    [
      "an unclosed quote",
      edited(dev, '"19.4.1"', '"19.4.1'),
      /^Pulumi\.dev\.yaml:\d+:\d+: is not YAML here \(Missing closing/,
    ],
    [
      "a key twice",
      plus(dev, "  aws:region: us-east-1\n"),
      /^Pulumi\.dev\.yaml:\d+:3: is not YAML here \(Map keys must be unique/,
    ],
    [
      "an alias to itself",
      plus(dev, "  git-airlock:proxy: &a\n    b: *a\n"),
      /^Pulumi\.dev\.yaml:\d+:?\d*: /,
    ],
    [
      "an encrypted value",
      edited(dev, "hostname: gitlab.dev.example.com", "hostname:\n      secure: v1:abc:def"),
      /^Pulumi\.dev\.yaml:\d+: git-airlock:gitlab\.hostname is encrypted, and the rehearsal cannot decrypt it\..*--plaintext/,
    ],
    [
      "a plain text for a list",
      edited(dev, "workTerminalCidrs:", "workTerminalCidrs: 198.51.100.0/24\n  old:"),
      /workTerminalCidrs: "198\.51\.100\.0\/24" is not a list; expected e\.g\. \["198/,
    ],
    [
      "a mistyped region",
      edited(dev, "aws:region: ap-northeast-1", "aws:region: ap-notheast-1"),
      /^Pulumi\.dev\.yaml:\d+: aws:region: "ap-notheast-1" is not a region that AWS had in .*; did you mean "ap-northeast-1"\?$/,
    ],
    [
      "another role",
      edited(dev, "role: source", "role: mirror"),
      /Pulumi\.dev\.yaml:\d+: git-airlock:gitlab: .*belongs to the role "source"/,
    ],
    [
      "a key without value of its own",
      { "Pulumi.yaml": "name: git-airlock\nconfig: []\n" },
      /^Pulumi\.yaml:2: config: is not keys/,
    ],
    ["a project without a name", { "Pulumi.yaml": "description: x\n" }, /^Pulumi\.yaml:1: name: is missing/],
  ];
  for (const [what, files, says] of sentences)
    it(`with ${what} are refused with a sentence that names the place`, () => {
      const lines = refusalOf(files);
      expect(
        lines.filter((line) => says.test(line)),
        lines.join("\n"),
      ).not.to.deep.equal([]);
      expect(lines.join("\n")).not.to.match(/undefined|\[object|invalid_type|ENOENT|<stack>/);
    });

  it("take a key without a prefix as the project's, as Pulumi does, and not twice", () => {
    const bare = edited(dev, "git-airlock:gitlab:", "gitlab:");
    expect(stacksOf(bare).source.config).to.deep.equal(stacksOf({}).source.config);
    expect(refusalOf(plus(dev, "  workTerminalCidrs: [192.0.2.0/24]\n")).join()).to.contain(
      "is the same key as git-airlock:workTerminalCidrs",
    );
  });

  it("are refused when a mistyped prefix would have Pulumi ignore a key", () => {
    expect(refusalOf(edited(prd, "git-airlock:pull:", "gitairlock:pull:"))).to.deep.include(
      `${prd}:${lineOf(prd, "git-airlock:pull:")}: gitairlock:pull: is not a key of git-airlock; did you mean "git-airlock:pull"?`,
    );
  });

  it("are refused where two of them are of different regions", () => {
    const elsewhere = { [mirror]: sample(mirror).replaceAll("ap-northeast-1", "us-east-1") };
    expect(refusalOf(elsewhere)).to.deep.equal([
      `${mirror}:${lineOf(mirror, "aws:region")}: aws:region: "us-east-1" is not the source's region, which is ap-northeast-1 in ` +
        `${dev}:${lineOf(dev, "aws:region")}; expected the same one`,
    ]);
  });
});

describe("the accounts of a rehearsal", () => {
  const accountsWith = (devKeys: string, prdKeys: string, mirrorKeys = "") =>
    stacksOf({ ...plus(dev, devKeys), ...plus(prd, prdKeys), ...plus(mirror, mirrorKeys) }).accountIds;
  const arn = (account: string) => `arn:aws:iam::${account}:role/Deployer`;

  it("are those that the stack files name, in any of their ARNs", () => {
    expect(accountsWith("", `  git-airlock:deployerArns: ["${arn("123456789012")}"]\n`)).to.deep.equal({
      source: "111111111111",
      targets: ["123456789012"],
      organization: "333333333333",
    });
    const keys = `  git-airlock:breakGlassArns: ["${arn("444455556666")}"]\n`;
    expect(accountsWith('  aws:allowedAccountIds: ["333333333333"]\n', keys)).to.deep.equal({
      source: "333333333333",
      targets: ["444455556666"],
      organization: "333333333334",
    });
    expect(accountsWith("", "", `  aws:assumeRole: {roleArn: "${arn("777777777777")}"}\n`).source).to.equal(
      "777777777777",
    );
    const certificate =
      "arn:aws:acm:ap-northeast-1:888888888888:certificate/11111111-2222-3333-4444-555555555555";
    const files = edited(dev, "selfSignedCertificate: true", `certificateArn: ${certificate}`);
    expect(stacksOf(files).accountIds.source).to.equal("888888888888");
  });

  it("are two, whichever one of them is named", () => {
    for (const taken of ["111111111111", "222222222222"]) {
      const one = accountsWith("", `  git-airlock:deployerArns: ["${arn(taken)}"]\n`);
      expect(one.targets).to.deep.equal([taken]);
      expect(one.source).not.to.equal(taken);
      const other = accountsWith(`  aws:allowedAccountIds: ["${taken}"]\n`, "");
      expect(other.source).to.equal(taken);
      expect(other.targets).not.to.include(taken);
    }
  });

  it("are one where the files say so, and that is said", () => {
    const named = '  aws:allowedAccountIds: ["123456789012"]\n';
    const { accountIds: both, notes } = stacksOf({ ...plus(dev, named), ...plus(prd, named) });
    expect(both).to.deep.include({ source: "123456789012", targets: ["123456789012"] });
    expect(notes.join()).to.contain("both sides into the account 123456789012");
  });

  it("are refused where one file names two, or the mirror's is not the source's", () => {
    const two = `  git-airlock:deployerArns: ["${arn("123456789012")}"]\n  git-airlock:breakGlassArns: ["${arn("444455556666")}"]\n`;
    expect(refusalOf(plus(prd, two)).join()).to.match(
      /^Pulumi\.prd\.yaml:\d+: git-airlock:breakGlassArns\[0\]: .* is of account 444455556666/,
    );
    const files = {
      ...plus(dev, '  aws:allowedAccountIds: ["333333333333"]\n'),
      ...plus(mirror, '  aws:allowedAccountIds: ["444455556666"]\n'),
    };
    expect(refusalOf(files).join()).to.match(
      /^Pulumi\.mirror\.yaml:\d+: aws:allowedAccountIds\[0\]: "444455556666" is of account 444455556666, and the mirror is deployed into the source's/,
    );
  });
});

describe("the targets of a mirror", () => {
  const targets = (...names: string[]) => plus(mirror, `  git-airlock:targetStacks: [${names.join(", ")}]\n`);

  it("are rehearsed under their own names", () => {
    const files = { ...targets("acme/git-airlock/production"), "Pulumi.production.yaml": sample(prd) };
    expect(refusalOf({ ...files, ...plus(mirror, "") })).to.deep.equal([]);
    const source = "  git-airlock:sourceStack: acme/git-airlock/dev\n";
    const stacks = stacksOf({
      "Pulumi.production.yaml": `${sample(prd)}${source}`,
      [mirror]: `${sample(mirror)}${source}  git-airlock:targetStacks: [acme/git-airlock/production]\n`,
      [org]: `${sample(org)}  git-airlock:targetStacks: [acme/git-airlock/production]\n`,
    });
    expect(stacks.targets.map(({ file }) => file.stack)).to.deep.equal(["production"]);
    expect(stacks.mirror.config.stacks.targets).to.deep.equal(["acme/git-airlock/production"]);
  });

  it("that have no stack file here, or another project's, are refused by name", () => {
    expect(
      refusalOf(targets("organization/git-airlock/prd", "organization/git-airlock/nonexistent")).join(),
    ).to.match(
      /^Pulumi\.mirror\.yaml:\d+: git-airlock:targetStacks\[1\]: "organization\/git-airlock\/nonexistent" has no Pulumi\.nonexistent\.yaml here/,
    );
    expect(refusalOf(targets("organization/other/prd")).join()).to.contain(
      '"organization/other/prd" is of another project',
    );
  });

  describe("when there are two", () => {
    const two = ["organization/git-airlock/prd", "organization/git-airlock/osaka"];
    const listed = (file: string, names: string[]) =>
      plus(file, `  git-airlock:targetStacks: [${names.join(", ")}]\n`);
    const osaka = (keys = "") => ({
      "Pulumi.osaka.yaml": `${sample(prd)}  git-airlock:repositoryPrefix: osaka\n${keys}`,
    });
    const both = { ...listed(mirror, two), ...listed(org, two), ...osaka() };

    it("are rehearsed in their order, each in an account of its own", () => {
      const { targets: read, accountIds: ids, notes } = stacksOf(both);
      expect(read.map(({ file }) => file.stack)).to.deep.equal(["prd", "osaka"]);
      expect(new Set([ids.source, ...ids.targets, ids.organization])).to.have.length(4);
      expect(notes).to.deep.equal([]);
    });

    it("are refused with what is wrong in the second one's file", () => {
      const file = osaka()["Pulumi.osaka.yaml"].replace("192.0.2.0/24", "192.0.2.0/33");
      expect(refusalOf({ ...both, "Pulumi.osaka.yaml": file }).join()).to.match(
        /^Pulumi\.osaka\.yaml:\d+: git-airlock:pull\.isolatedTerminalCidrs\[0\]/,
      );
    });

    it("are refused in one account, which holds the gate users' names once", () => {
      const named = '  aws:allowedAccountIds: ["444455556666"]\n';
      expect(refusalOf({ ...both, ...plus(prd, named), ...osaka(named) }).join()).to.match(
        /^Pulumi\.osaka\.yaml:\d+: aws:allowedAccountIds\[0\]: .*444455556666, where the target prd is; an account holds one target/,
      );
    });

    it("are noted where the organization's policies bind one of them only", () => {
      expect(stacksOf({ ...both, ...listed(org, two.slice(0, 1)) }).notes).to.deep.equal([
        "Pulumi.org.yaml does not name osaka in git-airlock:targetStacks, so nothing binds that account.",
      ]);
    });

    it("are refused where the organization names one that nothing is pushed to", () => {
      expect(refusalOf({ ...both, ...listed(mirror, two.slice(0, 1)) }).join()).to.match(
        /^Pulumi\.org\.yaml:\d+: git-airlock:targetStacks\[1\]: "organization\/git-airlock\/osaka" is not among the mirror's targets, which are prd/,
      );
    });

    it("are noted where the organization has them of another Pulumi organization", () => {
      const names = two.map((name) => name.replace("organization/", "acme/"));
      expect(stacksOf({ ...both, ...listed(org, names) }).notes.join()).to.contain(
        "Pulumi.org.yaml has the target stack acme/git-airlock/osaka",
      );
    });
  });

  it("of another source than the mirror's are refused, or noted while only one of the two names it", () => {
    const source = (organization: string) => `  git-airlock:sourceStack: ${organization}/git-airlock/dev\n`;
    expect(refusalOf({ ...plus(prd, source("acme")), ...plus(mirror, source("emca")) }).join()).to.match(
      /^Pulumi\.mirror\.yaml:\d+: git-airlock:sourceStack: "emca\/git-airlock\/dev" is not the source of the target/,
    );
    for (const file of [prd, mirror])
      expect(stacksOf(plus(file, source("acme"))).notes.join()).to.contain(
        "Set git-airlock:sourceStack to the same",
      );
    expect(stacksOf({ ...plus(prd, source("acme")), ...plus(mirror, source("acme")) }).notes).to.deep.equal(
      [],
    );
  });

  it("are rehearsed as if the mirrors were not withdrawn, and that is said", () => {
    const { notes, mirror: read } = stacksOf(plus(mirror, "  git-airlock:withdrawn: true\n"));
    expect(notes.join()).to.match(/^Pulumi\.mirror\.yaml:\d+: git-airlock:withdrawn is true/);
    expect(read.config.mirror.withdrawn).to.equal(false);
  });
});

describe("the placeholders of the sample", () => {
  const placeholders = (files: Record<string, string>) => {
    return stackFilesOf(stacksOf(files)).flatMap(placeholdersIn);
  };

  it("are found with their places", () => {
    const found = placeholders({}).map(({ file, line, value }) => `${file}:${String(line)} ${value}`);
    expect(found).to.deep.equal([
      `${dev}:${lineOf(dev, "owner:")} you`,
      `${dev}:${lineOf(dev, "198.51.100.0/24")} 198.51.100.0/24`,
      `${dev}:${lineOf(dev, "gitlab.dev.example.com")} gitlab.dev.example.com`,
      `${prd}:${lineOf(prd, "owner:")} you`,
      `${prd}:${lineOf(prd, "192.0.2.0/24")} 192.0.2.0/24`,
      `${mirror}:${lineOf(mirror, "owner:")} you`,
      `${org}:${lineOf(org, "owner:")} you`,
    ]);
  });

  it("are found in what the sample has as comments, too", () => {
    const uncommented = stackFileNames.flatMap(
      (file) => sample(file).match(/^ *# +(?:- |[\w:-]+: ).*$/gm) ?? [],
    );
    const values = uncommented.flatMap(
      (line) => /(?:- |: )"?([^\s"]*[./@:][^\s"]*)"?$/.exec(line)?.[1] ?? [],
    );
    expect(values).to.include.members([
      "operators@example.com",
      "your-organization/git-airlock/prd",
      "203.0.113.10",
    ]);
    for (const value of values.filter((one) => one !== "Asia/Tokyo")) {
      const file = plus(dev, `  other:key: "${value}"\n`);
      expect(
        placeholders(file).map((one) => one.value),
        value,
      ).to.include(value);
    }
  });

  it("are none in files that somebody has filled in", () => {
    const own = (file: string) =>
      sample(file)
        .replaceAll("owner: you", "owner: platform")
        .replaceAll("198.51.100.0/24", "52.192.0.0/24")
        .replaceAll("192.0.2.0/24", "10.200.0.0/24")
        .replaceAll("gitlab.dev.example.com", "gitlab.example-corp.co.jp");
    const files = [dev, prd, mirror, org].map((file) => [file, own(file)] as const);
    expect(placeholders(Object.fromEntries<string>(files))).to.deep.equal([]);
  });
});
