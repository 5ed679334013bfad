/** What rows of several topics are made of: policy documents and how they are rewritten, roles, tasks. */
import type { ClaimId } from "../../isolation/claims";
import type { Editor, Statement } from "./editor";
import { each, type Weakening } from "./weakening";

export const account = "222222222222";
export const stranger = "999999999999";
export const repository = (name: string, owner = account) =>
  `arn:aws:codecommit:ap-northeast-1:${owner}:${name}`;

export const push = "target-push-policy-1";
export const pull = "target-pull-policy-1";
export const endpoint = "target-pull-endpoint";

/** A policy document of these statements. */
export const document = (...statements: unknown[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Everything, by everyone. */
export const openPolicy = document({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" });

export type Rewrite = (statements: Statement[]) => unknown[];

/** Rewrites the push user's policy. */
export const inPush =
  (rewrite: Rewrite): Weakening["edit"] =>
  (stack) =>
    stack.statements("iam.Policy", push, rewrite);

/** Rewrites the pull user's policy. */
export const inPull =
  (rewrite: Rewrite): Weakening["edit"] =>
  (stack) =>
    stack.statements("iam.Policy", pull, rewrite);

/** Rewrites the pull endpoint's policy. */
export const inEndpoint =
  (rewrite: Rewrite): Weakening["edit"] =>
  (stack) =>
    stack.statements("ec2.VpcEndpoint", endpoint, rewrite);

/** Rewrites the statements of one effect. */
export const only =
  (effect: Statement["Effect"], rewrite: (statement: Statement) => unknown): Rewrite =>
  (statements) =>
    statements.map((one) => (one.Effect === effect ? rewrite(one) : one));

/** Rewrites the statement with that id. */
export const named =
  (sid: string, rewrite: (statement: Statement) => unknown[]) => (statements: readonly Statement[]) =>
    statements.flatMap((one) => (one.Sid === sid ? rewrite(one) : [one]));

/** Adds a statement. */
export const and =
  (statement: object): Rewrite =>
  (statements) => [...statements, statement];

/** Rewrites a condition key's values in every statement that has it. */
export const everywhere =
  (key: string, rewrite: (given: string[]) => string[]) => (statements: readonly Statement[]) =>
    statements.map((statement) => ({
      ...statement,
      Condition: Object.fromEntries(
        Object.entries(statement.Condition ?? {}).map(([operator, keys]) => {
          const values = keys[key];
          const isRewritten = values !== undefined && operator !== "Null";
          return [operator, isRewritten ? { ...keys, [key]: rewrite([values].flat()) } : keys];
        }),
      ),
    }));

/** Adds a role that a principal, or a whole trust policy, lets somebody take on; its own policy is of these statements. */
export function addRole(
  stack: Editor,
  name: string,
  trust: object | string,
  ...statements: object[]
): string {
  const arn = `arn:aws:iam::${account}:role/${name}`;
  const assumeRolePolicy =
    typeof trust === "string"
      ? trust
      : document({ Effect: "Allow", Principal: trust, Action: "sts:AssumeRole" });
  stack.add("iam.Role", name, { name, arn, assumeRolePolicy }, name);
  if (statements.length > 0)
    stack.add("iam.RolePolicy", name, { role: name, policy: document(...statements) });
  return arn;
}

export const forService = (service: string) => ({ Service: `${service}.amazonaws.com` });

/** A task that a rule runs every hour in a subnet. */
export function hourlyTask(stack: Editor, subnet: unknown): void {
  const every = { name: "hourly", scheduleExpression: "rate(1 hour)" };
  stack.add("cloudwatch.EventRule", "hourly", every);
  stack.add("cloudwatch.EventTarget", "task", {
    rule: "hourly",
    arn: `arn:aws:ecs:ap-northeast-1:${account}:cluster/jobs`,
    ecsTarget: { taskDefinitionArn: "job", networkConfiguration: { subnets: [subnet] } },
  });
}

/** A task that EventBridge Scheduler runs in a subnet. */
export function scheduledTask(stack: Editor, subnet: unknown): void {
  stack.add("scheduler.Schedule", "nightly", {
    target: {
      arn: `arn:aws:ecs:ap-northeast-1:${account}:cluster/jobs`,
      ecsParameters: { taskDefinitionArn: "job", networkConfiguration: { subnets: [subnet] } },
    },
  });
}

/** Adds a resource of each type that no reader knows: the claim is left open, and the type named. */
export const unread = (stack: Weakening["stack"], claim: ClaimId, types: readonly string[]) =>
  each(
    { stack, claim },
    types.map((type) => ({
      what: `adds a resource of the type ${type} to the ${stack}`,
      edit: (editor: Editor) => editor.add(type, "more"),
      unknown: type,
    })),
  );
