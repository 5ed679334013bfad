import { expect } from "chai";
import { questionAbout } from "../../../isolation/claims/claim";
import { judge } from "../../../isolation/claims/judgement";
import { trustBase } from "../../../isolation/claims/trustBase";
import { readDeployment } from "../../../isolation/model/readDeployment";
import type { StackSnapshot } from "../../../isolation/model/snapshot";
import type { Evidence } from "../../../isolation/verdict";
import { goodExports, type Exports } from "../exports";
import { verdictsAfter, type Editor } from "../sideDoors/threeStacks";

const source = "111111111111";
const target = "222222222222";
const deployer = `arn:aws:iam::${target}:role/deployer`;
const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource = "*") => ({ Effect: "Allow", Action, Resource });

const ENTERING = "identities of these stacks that can open sessions or run commands on hosts";
const CHANGING = "identities of these stacks that can change what hosts start with, run or read";
const COPYING = "identities of these stacks that can copy the disks of hosts";
const RIGHTS = "identities of these stacks that can change who may do what";
const NETWORK = "identities of these stacks that can change the network";
const WORDS = "identities of these stacks that can change what is logged, sent on or kept under keys";
const ROOT =
  "identities of these stacks that can read the first password of an administrator of GitLab, and so act as one";
const CREDENTIAL = "identities of these stacks that can read a push credential";
const DEPLOYERS = "who can act as a deployer or in a break-glass role, as far as these stacks say";
const ACTING = "what of these stacks acts on hosts by itself";

function listed(evidence: readonly Evidence[], what: string): readonly string[] {
  const found = evidence.find((one) => one.what === what);
  if (found === undefined) throw new Error(`C14 has no evidence "${what}"`);
  return found.values;
}

/** A user of a side with one inline policy; gives its ARN. */
function user(exports: Exports, side: "source" | "target", policy: string): string {
  const arn = `arn:aws:iam::${side === "source" ? source : target}:user/operator`;
  exports[side].add("iam.User", "operator", { name: "operator", arn });
  exports[side].add("iam.UserPolicy", "operator", { user: "operator", policy });
  return arn;
}

async function evidenceOf(change: (exports: Exports) => void): Promise<readonly Evidence[]> {
  const exports = await goodExports();
  change(exports);
  return judge(trustBase, questionAbout(exports.deployment())).evidence;
}

describe("the trust base", () => {
  for (const [what, actions] of [
    [ENTERING, ["ssm:RegisterTaskWithMaintenanceWindow", "ssm:CreateAssociationBatch", "ecs:*"]],
    [CHANGING, ["ec2:ModifyInstanceAttribute", "ssm:UpdateDocument", "ssm:PutParameter", "ec2:AttachVolume"]],
    [COPYING, ["ec2:CreateSnapshot", "ec2:ModifySnapshotAttribute", "backup:Start*", "ebs:*"]],
    [RIGHTS, ["iam:PutRolePolicy", "iam:CreateAccessKey", "iam:UpdateAssumeRolePolicy", "iam:*", "*"]],
    [RIGHTS, ["cloudformation:*", "organizations:DetachPolicy", "sso:CreateAccountAssignment"]],
    [NETWORK, ["ec2:CreateRoute", "ec2:ModifyVpcEndpoint", "ec2:AuthorizeSecurityGroup*", "ec2:NewerCall"]],
    [NETWORK, ["route53resolver:*", "cloudformation:*", "network-firewall:Associate*"]],
    [WORDS, ["kms:PutKeyPolicy", "kms:CreateGrant", "sns:SetTopicAttributes", "logs:PutAccountPolicy"]],
    [ROOT, ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:*", "ssm:Get*"]],
  ] as const)
    for (const action of actions)
      it(`lists who may do ${action} among ${what}`, async () => {
        let arn = "";
        const evidence = await evidenceOf((exports) => {
          arn = user(exports, "source", document(allow(action)));
        });
        expect(listed(evidence, what)).to.include(arn);
      });

  for (const [what, action, resource] of [
    [NETWORK, "ec2:DescribeVpcs", "*"],
    [WORDS, "kms:Decrypt", "*"],
    [ROOT, "ssm:DescribeParameters", "*"],
    [ROOT, "ssm:GetParameter", `arn:aws:ssm:ap-northeast-1:${source}:parameter/app/*`],
    [ROOT, "ssm:GetParametersByPath", `arn:aws:ssm:ap-northeast-1:${source}:parameter/app`],
  ] as const)
    it(`lists nobody for ${action} on ${resource} among ${what}`, async () => {
      let arn = "";
      const evidence = await evidenceOf((exports) => {
        arn = user(exports, "source", document(allow(action, resource)));
      });
      expect(listed(evidence, what)).to.not.include(arn);
    });

  it("lists who of the target's account may read parameters among nobody that can read the source's", async () => {
    let arn = "";
    const evidence = await evidenceOf((exports) => {
      arn = user(exports, "target", document(allow("ssm:*")));
    });
    expect(listed(evidence, ROOT)).to.not.include(arn);
  });

  for (const action of ["sts:AssumeRole", "sts:*", "iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy"])
    it(`lists who may do ${action} with a deployer that no stack shows`, async () => {
      let arn = "";
      const evidence = await evidenceOf((exports) => {
        arn = user(exports, "target", document(allow(action, deployer)));
      });
      expect(listed(evidence, DEPLOYERS)).to.deep.equal([`${deployer}: ${arn}`]);
    });

  it("lists who of the source's account may assume a deployer of the target's", async () => {
    let arn = "";
    const evidence = await evidenceOf((exports) => {
      arn = user(exports, "source", document(allow("sts:AssumeRole", deployer)));
    });
    expect(listed(evidence, DEPLOYERS)).to.deep.equal([`${deployer}: ${arn}`]);
  });

  it("lists nobody who may assume something else", async () => {
    const evidence = await evidenceOf((exports) => {
      user(exports, "target", document(allow("sts:AssumeRole", `arn:aws:iam::${target}:role/other`)));
    });
    expect(listed(evidence, DEPLOYERS)).to.deep.equal([]);
  });

  it("lists identities of the mirror's stack, too", async () => {
    const exports = await goodExports();
    const { source: dev, target: prd, declared } = exports.deployment();
    const arn = `arn:aws:iam::${source}:role/automation`;
    const resource = (type: string, name: string, properties: Record<string, string>) => ({
      urn: `urn:pulumi:mirror::git-airlock::${type}::${name}`,
      type,
      name,
      protect: false,
      isComponent: false,
      inputs: properties,
      outputs: properties,
      propertyDependencies: {},
    });
    const mirror: StackSnapshot = {
      stack: "mirror",
      outputs: {},
      resources: [
        resource("aws:iam/role:Role", "automation", {
          name: "automation",
          arn,
          assumeRolePolicy: document(),
        }),
        resource("aws:iam/rolePolicy:RolePolicy", "automation", {
          role: "automation",
          policy: document(allow("ssm:SendCommand")),
        }),
      ],
    };
    const deployment = readDeployment(
      { ...(dev && { source: dev.snapshot }), ...(prd && { target: prd.snapshot }), mirror },
      declared,
    );
    const { evidence } = judge(trustBase, questionAbout(deployment));
    expect(listed(evidence, ENTERING)).to.include(arn);
  });

  it("lists rules, schedules and state machines that send commands to hosts, and no others", async () => {
    const evidence = await evidenceOf(({ source: stack }) => {
      const evil = "arn:aws:ssm:ap-northeast-1:999999999999:document/evil";
      stack.add("cloudwatch.EventTarget", "rule", { arn: evil });
      stack.add("cloudwatch.EventTarget", "targets", { runCommandTargets: [{ key: "InstanceIds" }] });
      stack.add("cloudwatch.EventTarget", "topic", { arn: `arn:aws:sns:ap-northeast-1:${source}:alarms` });
      for (const call of ["ssm:sendCommand", "rds:stopDBInstance"])
        stack.add("scheduler.Schedule", call, { target: { arn: `arn:aws:scheduler:::aws-sdk:${call}` } });
      const States = { run: { Type: "Task", Resource: "arn:aws:states:::aws-sdk:ssm:sendCommand" } };
      stack.add("sfn.StateMachine", "machine", { definition: JSON.stringify({ States }) });
    });
    const names = listed(evidence, ACTING).map((urn) => urn.split("::").at(-1));
    expect(names).to.include.members(["rule", "targets", "ssm:sendCommand", "machine"]);
    expect(names).to.not.include.members(["topic"]).and.not.include.members(["rds:stopDBInstance"]);
  });

  it("lists key pairs, documents, associations and maintenance windows that act on hosts", async () => {
    const evidence = await evidenceOf((exports) => {
      exports.source.change("ec2.Instance", "source-gitlab", { keyName: "old-key" });
      exports.source.add("ssm.MaintenanceWindowTask", "nightly");
      exports.source.add("ssm.Association", "patch");
    });
    const names = listed(evidence, ACTING).map((urn) => urn.split("::").at(-1));
    expect(names).to.include.members([
      "source-gitlab: key pair old-key",
      "nightly",
      "patch",
      "source-backup",
    ]);
  });

  const credentialReaders = async (edit: (stack: Editor) => void) => {
    const verdicts = await verdictsAfter("mirror", (stack) => {
      const arn = `arn:aws:iam::${source}:role/reader`;
      stack.add("iam.Role", "reader", { name: "reader", arn, assumeRolePolicy: document() });
      edit(stack);
    });
    const readers = listed(verdicts.find(({ claim }) => claim === "C14")?.evidence ?? [], CREDENTIAL);
    return readers.map((arn) => arn.replace(/^.*\/|-\w+$/g, ""));
  };
  const may = (stack: Editor, ...actions: string[]) =>
    stack.add("iam.RolePolicy", "reader", {
      role: "reader",
      policy: document(...actions.map((one) => allow(one))),
    });
  const openKey = (stack: Editor) => {
    const Principal = { AWS: `arn:aws:iam::${source}:root` };
    stack.change("kms.Key", "mirror-credentials", { policy: document({ ...allow("kms:*"), Principal }) });
  };

  it("lists the GitLab host alone as reading the push credential, whoever else may read parameters", async () => {
    expect(await credentialReaders((stack) => may(stack, "ssm:Get*", "kms:*"))).to.deep.equal([
      "source-gitlab",
    ]);
  });

  it("lists who may read the push credential and open its key by his own policies", async () => {
    const readers = await credentialReaders((stack) => {
      openKey(stack);
      may(stack, "ssm:GetParametersByPath", "kms:Decrypt");
    });
    expect(readers).to.include("reader");
  });

  it("lists nobody as reading the push credential who may not open its key", async () => {
    const readers = await credentialReaders((stack) => {
      openKey(stack);
      may(stack, "ssm:GetParameter");
    });
    expect(readers).to.not.include("reader");
  });
});
