/** The keys' part of code going in: whether CodeCommit may use, for the gate users, the customer keys of the repositories. */
import { codeCommitService, repositoryKeyActions } from "../../facts/repositoryKey";
import type { BroadStatement } from "../iam/broadPolicy";
import { callerOf, permissionByResource } from "../iam/permission";
import type { Deployment, Identity, Repository } from "../model/deployment";
import { statementsIn } from "../model/policyDocuments";
import type { StackResource, Value } from "../model/snapshot";
import { propertiesOf } from "../model/stack";
import { regionOf, type Gate } from "./gate";
import { isNameOf, KEY_POLICY, keyOf } from "./storedSecrets";

/** Sentences about what is not certain; none where every repository is under AWS's own key. */
export function repositoryKeyFaults(gate: Gate): string[] {
  const users = [gate.push(), gate.pull()].map(({ identity }) => identity);
  const faults = gate.airlock.flatMap(({ urn, arn }) => {
    const repository = gate.target.snapshot.resources.find((one) => one.urn === urn);
    if (repository === undefined || isUnset(repository.inputs.kmsKeyId)) return [];
    const key = keyOf(gate.target, repository, "kmsKeyId");
    if (key === undefined)
      return [`${urn} is under a key that is not shown: whether the gate users may use it is not known.`];
    return keyFaults(gate, key, { users, region: regionOf(arn) });
  });
  return [...new Set(faults)];
}

/** What is taken for granted where a repository is under a customer key. */
export function repositoryKeyAssumptions({ target }: Deployment): string[] {
  const isUnderKey = ({ urn }: Repository) =>
    !isUnset(target?.snapshot.resources.find((one) => one.urn === urn)?.inputs.kmsKeyId);
  return target?.repositories.some((one) => one.airlock && isUnderKey(one)) === true
    ? [
        "CodeCommit calls AWS KMS in the name of whoever asks it for a repository, as the policy of AWS's own key for it " +
          "says (no AWS page does). `git airlock verify --live` tries it.",
      ]
    : [];
}

/** Without one, CodeCommit takes the key that AWS keeps for it. */
function isUnset(key: Value | undefined): boolean {
  return key === undefined || key === null || key === "" || key === "alias/aws/codecommit";
}

function keyFaults(
  { target }: Gate,
  key: StackResource,
  { users, region }: { users: readonly Identity[]; region: string },
): string[] {
  const { policy, arn, isEnabled } = propertiesOf(key);
  if (isEnabled === false) return [`${key.urn} is disabled: nobody reads what is under it.`];
  const others = target.snapshot.resources.filter(
    (one) => one.type === KEY_POLICY && isNameOf(propertiesOf(one).keyId, key),
  );
  const statements = others.length > 0 ? undefined : statementsIn(policy);
  if (statements === undefined) return [`${key.urn}: whom its policy lets use it is not known.`];
  const asked = statements.flatMap((one) => throughCodeCommit(one, region));
  return users.flatMap((user) => {
    const refused = repositoryKeyActions.filter((action) => {
      const call = { action, ...(typeof arn === "string" && { resource: arn }) };
      return permissionByResource(asked, callerOf(user), call).direct !== "yes";
    });
    if (refused.length === 0) return [];
    return [
      `${key.urn}: that it lets ${user.name} use it through CodeCommit is not certain (${refused.join(", ")}).`,
    ];
  });
}

/** Keys that a call through a service has as it would have without. */
const OF_THE_CALLER = new Set(["aws:PrincipalAccount", "aws:PrincipalArn", "aws:username"]);

/** What a statement says of calls that CodeCommit makes: an Allow only where that is certain, a Deny wherever it may. */
export function throughCodeCommit(statement: BroadStatement, region: string): BroadStatement[] {
  if (statement.effect === "Deny") return [{ ...statement, conditions: [], foreign: [] }];
  const isMet =
    statement.conditions.every(({ key }) => OF_THE_CALLER.has(key)) &&
    statement.foreign.every(
      ({ operator, key, values }) =>
        operator === "StringEquals" && key === "kms:viaservice" && values.includes(codeCommitService(region)),
    );
  return isMet ? [{ ...statement, foreign: [] }] : [];
}
