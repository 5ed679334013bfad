import { expect } from "chai";
import { readConfig } from "../../../components/config/readConfig";
import { asEntries, problemsOf, read, soundSource, soundTarget } from "./entries";

describe("readConfig", () => {
  describe("for a source", () => {
    it("fills in what was not given", () => {
      expect(read(soundSource)).to.deep.equal({
        role: "source",
        region: "ap-northeast-1",
        source: {
          workTerminalCidrs: ["198.51.100.0/24"],
          network: {
            cidrBlock: "10.0.0.0/16",
            availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
            natGateways: "OnePerAz",
          },
          gitlab: {
            hostname: "gitlab.dev.example.com",
            version: "18.5.1",
            instanceType: "m7i.large",
            rootVolumeSize: 30,
            dataVolumeSize: 100,
            selfSignedCertificate: true,
            gitOverSsh: true,
            acceptedCves: [],
            keepSettings: true,
            backups: { time: "17:00", keep: 7 },
          },
          fips: false,
          proxy: {
            mode: "managed",
            tasks: 1,
            image: "public.ecr.aws/ubuntu/squid:6.6-24.04_edge",
            imageHosts: [],
          },
          alarms: { enabled: true, emails: [] },
        },
      });
    });

    it("takes a network, a GitLab and a proxy that exist in the place of new ones", () => {
      const config = read({
        ...soundSource,
        workTerminalCidrs: [],
        network: {
          vpcId: "vpc-0123456789abcdef0",
          cidrBlock: "10.9.0.0/20",
          privateSubnetIds: ["subnet-0123456789abcdef0"],
          natPublicIps: ["203.0.113.10/32"],
        },
        gitlab: { url: "https://gitlab.example.com", instanceId: "i-0123456789abcdef0" },
        proxy: { mode: "existing", url: "http://proxy.internal:3128" },
      });
      expect(config)
        .to.have.property("source")
        .that.deep.equals({
          workTerminalCidrs: [],
          network: {
            vpcId: "vpc-0123456789abcdef0",
            cidrBlock: "10.9.0.0/20",
            publicSubnetIds: [],
            privateSubnetIds: ["subnet-0123456789abcdef0"],
            isolatedSubnetIds: [],
            natPublicIps: ["203.0.113.10"],
          },
          gitlab: { url: "https://gitlab.example.com", instanceId: "i-0123456789abcdef0" },
          fips: false,
          proxy: { mode: "existing", url: "http://proxy.internal:3128" },
          alarms: { enabled: true, emails: [] },
        });
    });
  });

  describe("for a target", () => {
    it("fills in what was not given, and reads the push sources from the stack dev of its own project", () => {
      expect(read(soundTarget)).to.deep.equal({
        role: "target",
        region: "ap-northeast-1",
        target: {
          repositories: [{ gitlabProject: "platform/network" }, { gitlabProject: "platform/app" }],
          fips: false,
          customerKey: false,
          references: ["refs/heads/*", "refs/tags/*"],
          pull: {
            mode: "endpoint",
            isolatedTerminalCidrs: ["192.0.2.0/24"],
            lock: "sourceVpce",
            network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a"] },
          },
          pushCredentialEpochs: [1],
          pullCredentialEpochs: [1],
          deployerArns: [],
          breakGlassArns: [],
          alarms: { enabled: true, emails: [], trail: "made" },
        },
        pushSources: {
          stack: "organization/git-airlock/dev",
          region: "ap-northeast-1",
          count: 2,
          expected: [],
          isolatedTerminalCidrs: [],
        },
      });
    });

    it("knows its keys by the name of the project, and looks for the source stack there", () => {
      const entries = Object.fromEntries(
        Object.entries(asEntries(soundTarget)).map(([key, value]) => [
          key.replace("git-airlock:", "ours:"),
          value,
        ]),
      );
      expect(readConfig(entries, "ours")).to.have.nested.property(
        "pushSources.stack",
        "organization/ours/dev",
      );
    });

    it("expects as many push sources as are pinned", () => {
      const pinned = ["203.0.113.10", "203.0.113.20", "203.0.113.30/32"];
      expect(read({ ...soundTarget, expectedSourceAddresses: pinned }))
        .to.have.property("pushSources")
        .that.includes({ count: 3 })
        .and.has.deep.property("expected", ["203.0.113.10", "203.0.113.20", "203.0.113.30"]);
    });

    it("expects as many push sources as are counted, be they pinned or not", () => {
      for (const expectedSourceAddresses of [[], ["203.0.113.10", "203.0.113.20", "203.0.113.30"]])
        expect(read({ ...soundTarget, expectedSourceAddresses, sourceAddressCount: "3" }))
          .to.have.property("pushSources")
          .that.includes({ count: 3 });
    });

    it("takes addresses instead of a source stack, and then refers to none", () => {
      expect(read({ ...soundTarget, pushSourceAddresses: ["203.0.113.10/32"] }))
        .to.have.property("pushSources")
        .that.deep.equals({ addresses: ["203.0.113.10"] });
    });

    it("hands the isolated terminals of addresses mode on, to be kept apart from the push sources", () => {
      const pull = { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] };
      expect(read({ ...soundTarget, pull }))
        .to.have.property("pushSources")
        .with.deep.property("isolatedTerminalCidrs", ["192.0.2.0/24"]);
    });

    it("takes whoever deploys by the ARN that AWS shows, be it of a session", () => {
      const deployerArns = [
        "arn:aws:iam::123456789012:role/ci/deployer",
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:sts::123456789012:assumed-role/deployer/alice@example.com",
      ];
      expect(read({ ...soundTarget, deployerArns })).to.have.deep.nested.property(
        "target.deployerArns",
        deployerArns,
      );
    });

    it("takes two live epochs while a credential is rotated", () => {
      expect(read({ ...soundTarget, pushCredentialEpochs: [3, 4] })).to.have.deep.nested.property(
        "target.pushCredentialEpochs",
        [3, 4],
      );
    });
  });

  it("reports the problems of all keys together, sorted, and of cross rules too", () => {
    const problems = problemsOf({
      ...soundSource,
      workTerminalCidrs: ["198.51.100.0/24", "10.0.0.0/33"],
      network: { availabilityZones: ["ap-northeast-1a"], cidrBlok: "10.0.0.0/16" },
      gitlab: { certificateArn: certificate, version: 18.5, backups: { keep: 0 }, officeHours: {} },
      proxy: { tasks: 3 },
    });
    expect(problems).to.deep.equal([
      "git-airlock:gitlab.backups.keep: 0 is not a whole number from 1 to 1000; expected e.g. 7",
      'git-airlock:gitlab.hostname: is missing; expected the name that the certificate is for, e.g. "gitlab.dev.example.com"',
      'git-airlock:gitlab.officeHours.start: is missing; expected e.g. "0 8 ? * MON-FRI *"',
      'git-airlock:gitlab.officeHours.stop: is missing; expected e.g. "0 20 ? * MON-FRI *"',
      'git-airlock:gitlab.officeHours.timezone: is missing; expected e.g. "Asia/Tokyo"',
      'git-airlock:gitlab.version: 18.5 is not a text (in quotes); expected e.g. "19.4.1"',
      'git-airlock:network.availabilityZones: ["ap-northeast-1a"] is not exactly two zones; expected e.g. ["ap-northeast-1a","ap-northeast-1c"]',
      'git-airlock:network.cidrBlok: is not a known key; did you mean "cidrBlock"?',
      "git-airlock:proxy.tasks: 3 is not a whole number from 1 to 2; expected e.g. 1",
      'git-airlock:workTerminalCidrs[1]: "10.0.0.0/33" is not a CIDR; expected e.g. "198.51.100.0/24"',
    ]);
  });

  it("counts [2] before [10]", () => {
    const workTerminalCidrs = Array.from({ length: 11 }, (_, index) =>
      [2, 10].includes(index) ? "x" : `10.${index}.0.0/16`,
    );
    const keys = problemsOf({ ...soundSource, workTerminalCidrs }).map((line) => line.split(": ")[0]);
    expect(keys).to.deep.equal(["git-airlock:workTerminalCidrs[2]", "git-airlock:workTerminalCidrs[10]"]);
  });

  it("takes what Pulumi copies into every stack, empty values and the other role's defaults, as not given", () => {
    const copied = {
      repositories: [],
      pull: {},
      sourceAddressCount: "2",
      pushCredentialEpochs: [1],
      sourceStack: "",
    };
    expect(read({ ...soundSource, ...copied, proxy: {} })).to.deep.equal(read(soundSource));
    const back = { workTerminalCidrs: [], network: {}, gitlab: "", repositoryPrefix: "", deployerArns: [] };
    expect(read({ ...soundTarget, ...back })).to.deep.equal(read(soundTarget));
  });

  it("leaves other packages' keys alone", () => {
    const others = { "aws:profile": "dev", "pulumi:tags": {}, "github:proxy": "x", "datadog:network": "y" };
    expect(read({ ...soundSource, ...others })).to.deep.equal(read(soundSource));
  });

  for (const [slip, meant] of [
    ["gitairlock:gitlab", "git-airlock:gitlab"],
    ["git-airlok:proxy", "git-airlock:proxy"],
    ["airlock:alarms", "git-airlock:alarms"],
    ["Git-Airlock:network", "git-airlock:network"],
    ["git_airlock:workTerminalCidr", "git-airlock:workTerminalCidrs"],
    ["asw:region", "aws:region"],
    ["aws:defaulTags", "aws:defaultTags"],
  ] as const)
    it(`names ${meant} where ${slip} would be ignored`, () => {
      expect(problemsOf({ ...soundSource, [slip]: "x" })).to.deep.equal([
        `${slip}: is not a key of git-airlock; did you mean "${meant}"?`,
      ]);
    });

  it("names aws:region where it is given as one of ours", () => {
    expect(problemsOf({ ...soundSource, region: "ap-northeast-1" })).to.deep.equal([
      'git-airlock:region: is not a known key; did you mean "aws:region"?',
    ]);
  });

  it("asks for texts as the default tags, and for tags", () => {
    const sound = { ...soundSource, "aws:defaultTags": { tags: { owner: "me" } } };
    expect(problemsOf(sound)).to.deep.equal([]);
    expect(problemsOf({ ...sound, "aws:defaultTags": { tags: { cost: 17 } } })).to.deep.equal([
      'aws:defaultTags.tags.cost: 17 is not a text (in quotes); expected e.g. "you"',
    ]);
    for (const wrong of ["x", [], { tags: [] }, 5])
      expect(problemsOf({ ...sound, "aws:defaultTags": wrong }).join()).to.match(
        /^aws:defaultTags: .* is not an object with tags/,
      );
  });

  it("holds the default tags to what AWS takes, the GitLab host's own counted", () => {
    const tags = (all: Record<string, string>) =>
      problemsOf({ ...soundSource, "aws:defaultTags": { tags: all } });
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, ""]));
    expect(tags({ ["k".repeat(128)]: "v".repeat(256), 部門: "開発 1/2", ...many(46) })).to.deep.equal([]);
    expect(tags(many(49)).join()).to.contain("aws:defaultTags.tags: has 49 tags; expected at most 48");
    expect(tags({ ["k".repeat(129)]: "" }).join()).to.contain(
      "has a key of 129 characters; expected 1 to 128",
    );
    expect(tags({ k: "v".repeat(257) }).join()).to.contain("has 257 characters; expected at most 256");
    expect(tags({ "AWS:k": "" }).join()).to.contain("begins with aws:");
    expect(tags({ k: "50 % off!" }).join()).to.contain("has a character that AWS takes in no tag");
  });

  const role = (account: string, name = "Deployer") => `arn:aws:iam::${account}:role/${name}`;

  it("refuses what names two accounts for one stack", () => {
    const deployerArns = [role("123456789012")];
    expect(
      problemsOf({ ...soundTarget, deployerArns, breakGlassArns: [role("210987654321")] }),
    ).to.deep.equal([
      `git-airlock:breakGlassArns[0]: "${role("210987654321")}" is of account 210987654321, and ` +
        "git-airlock:deployerArns names account 123456789012; a stack is deployed into one account",
    ]);
    expect(
      problemsOf({ ...soundTarget, deployerArns, "aws:allowedAccountIds": ["210987654321"] }),
    ).to.have.length(1);
    expect(problemsOf({ ...soundTarget, deployerArns, "aws:allowedAccountIds": ["1", "2"] })[0]).to.contain(
      "aws:allowedAccountIds leaves out",
    );
    const assumed = { "aws:assumeRole": { roleArn: role("210987654321", "ci") } };
    expect(problemsOf({ ...soundTarget, deployerArns, ...assumed }).join()).to.contain(
      "aws:assumeRole.roleArn",
    );
  });

  it("shows no value of a secret key, nor a part of it", () => {
    const proxy = { mode: "existing", url: "http://proxy.internal:3128/hunter2" };
    const [line, ...others] = problemsOf({ ...soundSource, proxy }, ["git-airlock:proxy"]);
    expect(others).to.deep.equal([]);
    expect(line)
      .to.match(/^git-airlock:proxy\.url: the secret value is not what was expected/)
      .and.not.match(/hunter2/);
  });

  it("shows no password of a URL, and no value of a key that it does not know", () => {
    const proxy = { mode: "existing", url: "http://me:hunter2@proxy.internal:3128" };
    const lines = problemsOf({ ...soundSource, proxy, rootPassword: "hunter2" });
    expect(lines).to.have.length(2);
    expect(lines.join("\n")).not.to.contain("hunter2");
  });
});

const certificate =
  "arn:aws:acm:ap-northeast-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";
