/** Roles that an AWS service takes on. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "./scope";

/** One Allow statement of a role's only policy. */
export interface Permission {
  Action: string[];
  Resource: pulumi.Input<string> | pulumi.Input<string>[];
  Condition?: Record<string, Record<string, string>>;
}

/**
 * A role with one inline policy. Where the service says for which account it acts, only this one may use the role, so
 * that nobody else can make the service act with it. EventBridge, its Scheduler, Step Functions and Data Lifecycle
 * Manager send `aws:SourceAccount` when they take on a role
 * (docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html,
 * docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html,
 * docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html,
 * docs.aws.amazon.com/ebs/latest/userguide/service-role.html); EC2, and ECS for its execution role, do not.
 */
export function serviceRole(
  scope: Scope,
  suffix: string,
  service: "ec2" | "ecs-tasks" | "scheduler" | "dlm" | "events" | "states",
  permissions: Permission[],
): { role: aws.iam.Role; policy: aws.iam.RolePolicy } {
  const name = `${scope.name}-${suffix}`;
  const saysAccount = service !== "ec2" && service !== "ecs-tasks";
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: `${service}.amazonaws.com` },
            Action: "sts:AssumeRole",
            ...(saysAccount && { Condition: { StringEquals: { "aws:SourceAccount": scope.accountId } } }),
          },
        ],
      }),
    },
    { parent: scope.parent },
  );
  const policy = new aws.iam.RolePolicy(
    name,
    {
      role: role.id,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: permissions.map((permission) => ({ Effect: "Allow", ...permission })),
      }),
    },
    { parent: scope.parent },
  );
  return { role, policy };
}
