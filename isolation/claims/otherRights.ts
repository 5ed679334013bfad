/** What a gate user may do beside CodeCommit's actions: by its own policies, as somebody else, and by what policies of resources say. */
import { repositoryKeyActions } from "../../facts/repositoryKey";
import { sidesOf } from "../model/sides";
import type { Takeovers } from "../access/takeover";
import type { BroadStatement } from "../iam/broadPolicy";
import { sampleOf } from "../iam/match";
import { callerOf, either, isAccountWide, permissionByResource, type Caller } from "../iam/permission";
import type { Deployment, Identity, Side } from "../model/deployment";
import { policyDocuments } from "../model/policyDocuments";
import type { StackResource } from "../model/snapshot";
import { EVENT_RULE, VPC_ENDPOINT } from "../model/types";
import type { CounterExample, Findings } from "../verdict";
import { identityOf, type GateRole } from "./gate";

type Rights = Pick<Findings, "counterExamples" | "reasons">;

export interface Asked {
  readonly deployment: Deployment;
  readonly takeovers: (account: string) => Takeovers;
}

/**
 * @param isBound leaves out what a statement allows in a way that does not matter
 * @throws MissingEvidence where the user is not shown
 */
export function otherRights(
  { deployment, takeovers }: Asked,
  role: GateRole,
  isBound: (statement: BroadStatement) => boolean = () => false,
): Rights {
  const user = identityOf(deployment, role);
  const account = deployment.target?.accountId;
  const sides = sidesOf(deployment).filter((side) => side.accountId === account);
  const parts = [
    { counterExamples: beyondCodeCommit(user, isBound), reasons: [] },
    ...(account === undefined ? [] : [asSomebodyElse(user, takeovers(account))]),
    ...(account === undefined ? [] : sides.map((side) => byResources(user, side))),
  ];
  return {
    counterExamples: parts.flatMap(({ counterExamples }) => counterExamples),
    reasons: parts.flatMap(({ reasons }) => reasons),
  };
}

function beyondCodeCommit(
  { urn, name, rights }: Identity,
  isBound: (one: BroadStatement) => boolean,
): CounterExample[] {
  return rights
    .filter(
      ({ effect, actions }) =>
        effect === "Allow" &&
        (actions.inverted || !actions.patterns.every((one) => /^codecommit:/i.test(one))),
    )
    .filter((statement) => !isBound(statement))
    .map(({ label }) => found(urn, `${name} is allowed more than CodeCommit's actions by ${label}`));
}

function asSomebodyElse(user: Identity, takeovers: Takeovers): Rights {
  // A gate user's git credentials sign no call but git's. What everybody of the account may assume is not a right of its own.
  const others = takeovers.by(user, true);
  return {
    counterExamples: others
      .filter(({ permission }) => permission === "yes")
      .map(({ identity, steps }) =>
        found(identity.urn, `${user.name} can act as ${identity.name}: ${steps.join(", then ")}`),
      ),
    reasons: others
      .filter(({ permission }) => permission === "maybe")
      .map(
        ({ identity, steps }) =>
          `Whether ${user.name} can act as ${identity.name} is not shown: ${steps.join(", then ")}.`,
      ),
  };
}

/** What policies of a stack's resources let the user do by themselves, and what else names it. */
function byResources(user: Identity, { snapshot }: Side): Rights {
  const { arn, uniqueId, name } = user;
  const caller = callerOf(user);
  const names = [arn, ...(uniqueId === undefined ? [] : [uniqueId])];
  const counterExamples: CounterExample[] = [];
  const reasons: string[] = [];
  for (const resource of snapshot.resources.filter(mayGrant)) {
    const { urn } = resource;
    const { policies, texts } = policyDocuments(resource);
    const allowed = policies.flatMap((statements) => grantsTo(statements, caller));
    const sure = allowed.find(({ permission }) => permission === "yes");
    if (sure !== undefined)
      counterExamples.push(
        found(urn, `${urn} lets ${name} do ${sure.actions} by the policy statement ${sure.label}`),
      );
    else if (allowed.length > 0)
      reasons.push(
        `${urn}: whether its policy statement ${allowed[0]?.label} lets ${name} do something is not shown.`,
      );
    if (texts.some((text) => names.some((one) => isNamed(one, text))))
      reasons.push(`${urn} names ${name}, and what it lets ${name} do is not modelled.`);
  }
  return { counterExamples, reasons };
}

/**
 * Whether a policy of such a resource may let a user do something; IAM's are read, an endpoint's only restrict, and a rule over
 * events watches.
 */
function mayGrant({ type, isComponent }: StackResource): boolean {
  return (
    !isComponent &&
    type !== VPC_ENDPOINT &&
    type !== EVENT_RULE &&
    !/^(aws:iam\/|aws:organizations\/|pulumi:)/.test(type)
  );
}

interface Grant {
  readonly label: string;
  readonly actions: string;
  readonly permission: "yes" | "maybe";
}

/** The statements by which a policy lets the caller do something, each asked for an example. */
function grantsTo(statements: readonly BroadStatement[], caller: Caller): Grant[] {
  return statements
    .filter(({ effect, principals }) => effect === "Allow" && principals !== undefined)
    .filter((statement) => !isSharedReading(statement) && !isThroughCodeCommit(statement))
    .flatMap((statement): Grant[] => {
      const { actions, label, resources } = statement;
      const denied = statements.filter(({ effect }) => effect === "Deny");
      const calls = actions.patterns.flatMap((pattern) => {
        const action = actions.inverted || pattern === "*" ? "any:Action" : sampleOf(pattern);
        const named = resources.inverted ? ["*"] : resources.patterns;
        return named.map((one) => ({ action, ...(one !== "*" && { resource: sampleOf(one) }) }));
      });
      const permission = either(
        ...calls.map((call) => permissionByResource([statement, ...denied], caller, call).direct),
      );
      return permission === "no"
        ? []
        : [
            {
              label,
              actions: `${actions.inverted ? "all but " : ""}${actions.patterns.join(", ")}`,
              permission,
            },
          ];
    });
}

/** Whether everybody, or everybody of some accounts, may read a bucket: that is not a right of the user's own. */
function isSharedReading(statement: BroadStatement): boolean {
  const { actions, conditions, foreign, principals = [] } = statement;
  const isPublic =
    principals.every(({ kind }) => kind === "everyone") && conditions.length + foreign.length === 0;
  const isReading = !actions.inverted && actions.patterns.every((one) => /^s3:(Get|List)\w*\*?$/i.test(one));
  return isReading && (isPublic || isAccountWide(statement));
}

/**
 * Whether it lets CodeCommit use a key in the caller's name, and nothing else: what that opens is what CodeCommit lets the
 * caller do, which is asked by itself.
 */
function isThroughCodeCommit({ actions, foreign }: BroadStatement): boolean {
  const isOne = ({ operator, key, values }: BroadStatement["foreign"][number]) =>
    operator === "StringEquals" &&
    key === "kms:viaservice" &&
    values.every((value) => /^codecommit\.[a-z0-9-]+\.amazonaws\.com$/.test(value));
  const used = new Set(repositoryKeyActions.map((action) => action.toLowerCase()));
  return (
    !actions.inverted && actions.patterns.every((one) => used.has(one.toLowerCase())) && foreign.some(isOne)
  );
}

/** Whether a text is the value, or JSON that holds it as one. */
function isNamed(value: string, text: string): boolean {
  return text === value || text.includes(`${value}"`) || text.includes(`${value}\\"`);
}

function found(urn: string, says: string): CounterExample {
  return { kind: "resource", urn, says: `${says}.` };
}
