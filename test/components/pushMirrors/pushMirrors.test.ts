import { expect } from "chai";
import { z } from "zod";
import program from "../../../index";
import { revisionOf } from "../../../components/hostScript/parameters";
import { Account } from "../../../rehearsal/aws/account";
import { deploy, DeployError } from "../../../rehearsal/engines/in-process/deploy";
import { Deployment, textAt } from "../../../rehearsal/engines/in-process/deployment";
import { stackConfig } from "../../../rehearsal/engines/in-process/stackFiles";
import { asSecret, isSecret } from "../../../rehearsal/engines/in-process/wire";
import { deployMirror, type DeployedStack } from "../../../rehearsal/engines/deployStack";
import { mirrorOf, root, deployBoth, type BothSides } from "../../rehearsal/rehearsing";

const prefix = "/git-airlock/mirror/mirror";

describe("PushMirrors", () => {
  let sides: BothSides;
  let mirror: DeployedStack<"mirror">;
  let password: string;
  before(async () => {
    sides = await deployBoth();
    mirror = await mirrorOf(sides);
    password = (sides.target.deployment.output("pushCredential") as { password: string }).password;
  });

  const document = (type: string, name: string, property: string): unknown =>
    JSON.parse(String(mirror.deployment.resource(type, name).outputs[property]));

  it("writes a parameter for each mirror, the credential and the settings, and one for the status", () => {
    const names = mirror.account.ssm.under(prefix).map(({ name, type }) => [name.slice(prefix.length), type]);
    expect(names).to.deep.equal([
      ["/credentials/prd", "SecureString"],
      ["/mirrors/prd/platform.app", "String"],
      ["/mirrors/prd/platform.network", "String"],
      ["/settings", "String"],
      ["/status", "String"],
    ]);
    expect(mirror.account.ssm.parameter(`${prefix}/mirrors/prd/platform.app`)?.value).to.equal(
      '{"project":"platform/app","url":"https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/platform.app"}',
    );
  });

  it("keeps the credential a secret, under its own key, in state and outputs", () => {
    const credential = mirror.deployment.resource("aws:ssm/parameter:Parameter", "mirror-credentials-prd");
    const key = mirror.deployment.resource("aws:kms/key:Key", "mirror-credentials");
    expect(isSecret(credential.inputs["value"])).to.equal(true);
    expect(credential.inputs["keyId"]).to.equal(key.outputs["arn"]);
    const open = JSON.stringify(
      [mirror.deployment.resources, mirror.deployment.outputs],
      (_, value: unknown) => (isSecret(value) ? "a secret" : value),
    );
    expect(open).not.to.include(password);
    expect(open).not.to.include(Buffer.from(password).toString("base64"));
  });

  it("can have the key back for a week after it is deleted, and gets new key material every year", () => {
    expect(mirror.deployment.resource("aws:kms/key:Key", "mirror-credentials").inputs).to.include({
      deletionWindowInDays: 7,
      enableKeyRotation: true,
    });
  });

  it("leaves the status as the host wrote it, on every further update", () => {
    const status = mirror.deployment.resource("aws:ssm/parameter:Parameter", "mirror-status");
    expect(status.inputs["insecureValue"]).to.equal('{"outcome":"has not run yet"}');
    expect(status.ignoreChanges).to.deep.equal(["insecureValue"]);
  });

  it("lets the host read these parameters and write its status, and nothing else", () => {
    const arn = (resource: string) => `arn:aws:ssm:ap-northeast-1:111111111111:${resource}`;
    const key = mirror.deployment.resource("aws:kms/key:Key", "mirror-credentials").outputs["arn"];
    const script = mirror.deployment.resource("aws:ssm/document:Document", "mirror").outputs["arn"];
    const policy = document("aws:iam/rolePolicy:RolePolicy", "mirror", "policy") as { Statement: object[] };
    expect(policy.Statement).to.deep.equal([
      {
        Effect: "Allow",
        Action: "ssm:GetParametersByPath",
        Resource: [arn(`parameter${prefix}`), arn(`parameter${prefix}/*`)],
      },
      { Effect: "Allow", Action: "ssm:PutParameter", Resource: arn(`parameter${prefix}/status`) },
      { Effect: "Allow", Action: "kms:Decrypt", Resource: key },
      { Effect: "Allow", Action: "ssm:GetDocument", Resource: script },
      {
        Effect: "Allow",
        Action: ["ssm:ListInstanceAssociations", "ssm:UpdateInstanceAssociationStatus"],
        Resource: "*",
      },
    ]);
  });

  it("lets nobody use the key but the host and the deployer, and them by Systems Manager alone", () => {
    const policy = document("aws:kms/key:Key", "mirror-credentials", "policy") as {
      Statement: { Sid: string; Action: string | string[]; Condition?: Record<string, unknown> }[];
    };
    for (const { Sid, Action, Condition } of policy.Statement) {
      const uses = [Action]
        .flat()
        .filter((action) => /^kms:(Encrypt|Decrypt|ReEncrypt|GenerateData|CreateGrant|\*)/.test(action));
      if (uses.length === 0) continue;
      expect(Condition?.["StringEquals"], Sid).to.deep.equal({
        "kms:ViaService": "ssm.ap-northeast-1.amazonaws.com",
      });
      expect(Condition?.["StringLike"], Sid).to.deep.equal({
        "kms:EncryptionContext:PARAMETER_ARN": `arn:aws:ssm:ap-northeast-1:111111111111:parameter${prefix}/credentials/*`,
      });
    }
  });

  it("runs the script on the GitLab host, with the hash of what the parameters hold", () => {
    const association = mirror.account.ssmAssociations
      .list()
      .find(({ id }) => id === mirror.deployment.output("associationId"));
    const values = mirror.account.ssm
      .under(prefix)
      .map(({ name, value }) => [name.slice(prefix.length + 1), value] as const)
      .filter(([name]) => name !== "status");
    const revision = revisionOf(Object.fromEntries(values));
    expect(association).to.deep.include({
      instanceIds: [sides.source.deployment.output("gitlabInstanceId")],
      parameters: { revision },
      schedule: "rate(30 minutes)",
    });
    expect(mirror.deployment.output("revision")).to.equal(revision);
  });

  it("writes the association after every parameter, so that no run sees a revision before its state", () => {
    const { resources } = mirror.deployment;
    const last = (type: string) => resources.map((one) => one.type).lastIndexOf(type);
    expect(last("aws:ssm/association:Association")).to.be.greaterThan(last("aws:ssm/parameter:Parameter"));
  });

  it("lets all declared deployers read the credentials, whoever of them deploys, and in whatever order they are named", async () => {
    const { source, target } = await deployBoth();
    const ci = "arn:aws:iam::111111111111:role/ci";
    const person = "arn:aws:sts::111111111111:assumed-role/deployer/alice";
    const overrides = { "git-airlock:deployerArns": [person, ci] };
    const { deployment } = await deployMirror(source, [target], { root, seed: "test", overrides });
    const key = deployment.resource("aws:kms/key:Key", "mirror-credentials");
    const { Statement } = z
      .object({ Statement: z.array(z.looseObject({ Sid: z.string(), Condition: z.unknown().optional() })) })
      .parse(JSON.parse(textAt(key.inputs, "policy")));
    expect(Statement.find(({ Sid }) => Sid === "Deploy")?.Condition).to.deep.include({
      ArnLike: { "aws:PrincipalArn": [ci, "arn:aws:iam::111111111111:role/deployer"] },
    });
  });

  it("withdrawn wants no mirror, and keeps the credential by which the host knows its own", async () => {
    const { source, target } = await deployBoth();
    const withdrawn = await deployMirror(source, [target], {
      root,
      seed: "test",
      overrides: { "git-airlock:withdrawn": true },
    });
    const names = withdrawn.account.ssm.under(prefix).map(({ name }) => name.slice(prefix.length + 1));
    expect(names).to.deep.equal(["credentials/prd", "settings", "status"]);
    expect(withdrawn.deployment.output("mirrors")).to.deep.equal([]);
  });

  describe("is refused before anything is made", () => {
    const source = {
      region: "ap-northeast-1",
      accountId: "111111111111",
      gitlabInstanceId: "i-0123456789abcdef0",
      gitlabRoleName: "gitlab",
    };
    const target = {
      region: "ap-northeast-1",
      repositories: [
        {
          gitlabProject: "platform/app",
          name: "app",
          cloneUrlHttp: "https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/app",
        },
      ],
      pushCredential: asSecret({ userName: "push-at-222222222222", password: "p" }),
    };
    const stack = (name: string, outputs: object) =>
      new Deployment({ project: "git-airlock", stack: name, resources: [], outputs: { ...outputs } });
    async function refusal(stacks: Deployment[], changes: Record<string, unknown> = {}): Promise<string> {
      const account = new Account({ accountId: "111111111111", region: "ap-northeast-1", seed: "test" });
      const config = stackConfig(root, "mirror", changes);
      try {
        await deploy({ project: "git-airlock", stack: "mirror", config, program, account, stacks });
      } catch (error) {
        if (!(error instanceof DeployError)) throw error;
        expect(error.resources.filter(({ custom, type }) => custom && type.startsWith("aws:"))).to.deep.equal(
          [],
        );
        return error.message;
      }
      throw new Error("it was not refused");
    }

    it("where another account's role is to deploy it", async () => {
      const stacks = [stack("dev", source), stack("prd", target)];
      const foreign = { "git-airlock:deployerArns": ["arn:aws:iam::222222222222:role/deployer"] };
      expect(await refusal(stacks, foreign)).to.match(
        /deployerArns\[0\].*is of account 222222222222, and this stack is deployed into 111111111111/s,
      );
    });

    it("where the credentials' key would have to name more deployers than its policy holds", async () => {
      const deployers = Array.from(
        { length: 600 },
        (_, i) => `arn:aws:iam::111111111111:role/deployers-of-the-mirror-${String(i).padStart(4, "0")}`,
      );
      const stacks = [stack("dev", source), stack("prd", target)];
      expect(await refusal(stacks, { "git-airlock:deployerArns": deployers })).to.match(
        /deployerArns.* makes a key policy of \d+ bytes, and AWS takes 32768/,
      );
    });

    const rows: [why: string, source: object, target: object, says: RegExp][] = [
      [
        "where the source is in another region",
        { ...source, region: "us-east-1" },
        target,
        /source stack .*\/dev cannot be used:\n {2}its output region is "us-east-1", and this stack's is "ap-northeast-1"/,
      ],
      [
        "with another account's credentials",
        { ...source, accountId: "333333333333" },
        target,
        /its output accountId is "333333333333".*\n.*source's own credentials/,
      ],
      [
        "where GitLab was brought",
        { ...source, gitlabInstanceId: undefined, gitlabRoleName: undefined },
        target,
        /its GitLab was brought.*\n.*git airlock mirror --print/,
      ],
      [
        "where the source tells of alarms by half",
        { ...source, alarmTopicArn: "arn:aws:sns:ap-northeast-1:111111111111:alarms" },
        target,
        /of its outputs alarmTopicArn, gitlabIsAlwaysOn and proxyRefusalsMetric some are missing\n.*pulumi up --stack dev/,
      ],
      [
        "where the target is in another region",
        source,
        { ...target, region: "us-east-1" },
        /target stack .*\/prd cannot be used:\n {2}its output region is "us-east-1"/,
      ],
      [
        "where the push credential is in plain text",
        source,
        { ...target, pushCredential: { userName: "u", password: "p" } },
        /pushCredential is in plain text.*\n.*rotate it/,
      ],
      [
        "where the target has no credential",
        source,
        { ...target, pushCredential: undefined },
        /it has no output pushCredential.*\n.*pulumi up --stack prd/,
      ],
      [
        "where a clone URL leads elsewhere",
        source,
        {
          ...target,
          repositories: [{ gitlabProject: "a/b", name: "app", cloneUrlHttp: "https://example.com/app" }],
        },
        /targets\[0\]\.repositories\[0\]\.cloneUrlHttp: "https:\/\/example\.com\/app" is not the clone URL of app in ap-northeast-1/,
      ],
    ];
    for (const [why, dev, prd, says] of rows) {
      it(why, async () => {
        expect(await refusal([stack("dev", dev), stack("prd", prd)])).to.match(says);
      });
    }

    it("where two targets have a repository of the same name, whose URL is then the same", async () => {
      const targetStacks = ["organization/git-airlock/prd", "organization/git-airlock/other"];
      const stacks = [stack("dev", source), stack("prd", target), stack("other", target)];
      expect(await refusal(stacks, { "git-airlock:targetStacks": targetStacks })).to.match(
        /targets\[1\]\.repositories\[0\]\.cloneUrlHttp: "https:\S+" is the mirror of platform\/app for prd already/,
      );
    });

    it("where a stack is missing, with what to run", async () => {
      expect(await refusal([stack("dev", source)])).to.match(
        /target stack organization\/git-airlock\/prd cannot be used:\n.*\nRun `pulumi up --stack prd` first; .*targetStacks/,
      );
    });

    it("where two targets are called the same", async () => {
      const targetStacks = ["one/git-airlock/prd", "two/git-airlock/prd"];
      const said = await refusal([stack("dev", source)], { "git-airlock:targetStacks": targetStacks });
      expect(said).to.match(
        /git-airlock:targetStacks\[1\]: "two\/git-airlock\/prd" ends as another one does/,
      );
    });
  });
});
