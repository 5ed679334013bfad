/** What runs the reconcile script on the GitLab host. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CheckedPushMirrorsArgs } from "./args";
import type { DesiredState } from "./desiredState";
import type { MirrorScope } from "./mirrorScope";
import { reconcileScript } from "./reconcileScript";

/**
 * In seconds. The script waits for another run (ten minutes), for a host that starts (ten minutes, and seven with Rails),
 * for pushes (fifteen) and for the targets' references (six): all of it together ends before this.
 */
const longestRun = 3000;

/**
 * A document with the script, what the host's role needs for it, and an association that runs it at every change of the
 * state and every 30 minutes. A changed parameter alone starts nothing, which is why the revision is the association's own.
 * A host that is off, out of office hours, catches up when it has started: the agent then asks what it is associated with
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html).
 */
export function createAssociation(
  scope: MirrorScope,
  args: CheckedPushMirrorsArgs,
  state: DesiredState,
  key: aws.kms.Key,
): aws.ssm.Association {
  const { name, parent, region, hierarchy: prefix } = scope;
  const document = new aws.ssm.Document(
    name,
    {
      documentType: "Command",
      documentFormat: "JSON",
      content: documentContent(reconcileScript({ region, prefix })),
    },
    { parent },
  );
  const permissions = allowHost(scope, args, document, key);
  return new aws.ssm.Association(
    name,
    {
      name: document.name,
      associationName: name,
      targets: [{ key: "InstanceIds", values: [args.gitlabInstanceId] }],
      parameters: { revision: state.revision },
      scheduleExpression: "rate(30 minutes)",
      complianceSeverity: "HIGH",
    },
    // The state first: the script acts on no other than its revision's.
    { parent, dependsOn: [...state.parameters, permissions] },
  );
}

function documentContent(script: string): string {
  return JSON.stringify({
    schemaVersion: "2.2",
    description: "Sets GitLab's push mirrors as the parameters say",
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
        name: "reconcile",
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
  { name, parent, region, accountId, hierarchy }: MirrorScope,
  { gitlabRoleName }: CheckedPushMirrorsArgs,
  document: aws.ssm.Document,
  key: aws.kms.Key,
): aws.iam.RolePolicy {
  const parameters = `arn:aws:ssm:${region}:${accountId}:parameter${hierarchy}`;
  return new aws.iam.RolePolicy(
    name,
    {
      role: gitlabRoleName,
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
          { Effect: "Allow", Action: "kms:Decrypt", Resource: key.arn },
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
