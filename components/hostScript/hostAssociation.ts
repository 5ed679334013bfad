/** What runs a script on the GitLab host, again and again, and who is told when it fails. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createAlarmRule } from "../alarms/alarmRule";
import type { HostScope } from "./hostScope";
import type { HostState } from "./hostState";

/**
 * In seconds. The script waits for another run (ten minutes), for a host that starts (ten minutes, and seven with Rails; a
 * quarter of an hour more for one that makes its database), for pushes (fifteen) and for the targets' references (six): all
 * of it together ends before this.
 */
const longestRun = 3000;

/** What is run, where, and on which state. */
export interface HostAssociationArgs {
  /** The whole script (hostScript.ts). */
  script: string;
  /** What the document's list says of it. */
  description: string;
  /** Name of the document's one step. */
  step: string;
  instanceId: pulumi.Input<string>;
  /** Name of the host's role. */
  roleName: pulumi.Input<string>;
  state: HostState;
  /** What the state's secrets are under, where that is not the account's own key of Systems Manager. */
  key?: aws.kms.Key;
}

/**
 * A document with the script, what the host's role needs for it, and an association that runs it at every change of the
 * state and every 30 minutes. A changed parameter alone starts nothing, which is why the revision is the association's own.
 * A host that is off, out of office hours, catches up when it has started: the agent then asks what it is associated with
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html).
 */
export function createHostAssociation(scope: HostScope, args: HostAssociationArgs): aws.ssm.Association {
  const { name, parent } = scope;
  const document = new aws.ssm.Document(
    name,
    { documentType: "Command", documentFormat: "JSON", content: documentContent(args) },
    { parent },
  );
  const permissions = allowHost(scope, args, document);
  return new aws.ssm.Association(
    name,
    {
      name: document.name,
      associationName: name,
      targets: [{ key: "InstanceIds", values: [args.instanceId] }],
      parameters: { revision: args.state.revision },
      scheduleExpression: "rate(30 minutes)",
      complianceSeverity: "HIGH",
    },
    // The state first: the script acts on no other than its revision's.
    { parent, dependsOn: [...args.state.parameters, permissions] },
  );
}

function documentContent({ script, description, step }: HostAssociationArgs): string {
  return JSON.stringify({
    schemaVersion: "2.2",
    description,
    parameters: {
      revision: {
        type: "String",
        description: "Hash of the desired state",
        allowedPattern: "^[0-9a-f]{64}$",
      },
    },
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: step,
        precondition: { StringEquals: ["platformType", "Linux"] },
        inputs: { timeoutSeconds: String(longestRun), runCommand: script.trimEnd().split("\n") },
      },
    ],
  });
}

/**
 * Read this hierarchy and nothing else of the parameter store, write the status and nothing else. The two actions without a
 * resource are the agent's own for associations, as in AmazonSSMManagedInstanceCore.
 */
function allowHost(
  { name, parent, region, accountId, hierarchy }: HostScope,
  { roleName, key }: HostAssociationArgs,
  document: aws.ssm.Document,
): aws.iam.RolePolicy {
  const parameters = `arn:aws:ssm:${region}:${accountId}:parameter${hierarchy}`;
  return new aws.iam.RolePolicy(
    name,
    {
      role: roleName,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          // AWS's guide shows it with the hierarchy's content, and the path itself is what is asked for
          // (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html).
          {
            Effect: "Allow",
            Action: "ssm:GetParametersByPath",
            Resource: [parameters, `${parameters}/*`],
          },
          { Effect: "Allow", Action: "ssm:PutParameter", Resource: `${parameters}/status` },
          ...(key ? [{ Effect: "Allow", Action: "kms:Decrypt", Resource: key.arn }] : []),
          { Effect: "Allow", Action: "ssm:GetDocument", Resource: document.arn },
          {
            Effect: "Allow",
            Action: ["ssm:ListInstanceAssociations", "ssm:UpdateInstanceAssociationStatus"],
            Resource: "*",
          },
        ],
      }),
    },
    { parent },
  );
}

/** Tells of every run that fails. @param failed what has failed then, as the end of "The GitLab host … has not" */
export function watchAssociation(
  { name, parent }: Pick<HostScope, "name" | "parent">,
  association: aws.ssm.Association,
  failed: string,
  { arn, dependsOn }: { arn: string; dependsOn?: pulumi.Resource[] },
): void {
  createAlarmRule(
    `${name}-failed`,
    {
      pattern: pulumi.jsonStringify({
        source: ["aws.ssm"],
        "detail-type": ["EC2 State Manager Instance Association State Change"],
        detail: { "association-id": [association.associationId], status: ["Failed", "TimedOut"] },
      }),
      message: `The GitLab host <host> has not ${failed}`,
      inputs: { host: "$.detail.instance-id", status: "$.detail.status", time: "$.time" },
      withReadOnlyEvents: false,
    },
    arn,
    { parent, dependsOn },
  );
}
