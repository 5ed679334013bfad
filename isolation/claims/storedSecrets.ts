/** C11's other half: whether what holds a secret of the components guards it, in Systems Manager and under its key. */
import { splitArn } from "../../facts/arn";
import { strangerPermissionBy } from "../access/strangers";
import type { Side } from "../model/deployment";
import { statementsIn } from "../model/policyDocuments";
import { Unknown, type StackResource } from "../model/snapshot";
import { isWithin, propertiesOf } from "../model/stack";
import { MIRROR_COMPONENT, PARAMETER, SOURCE_COMPONENT } from "../model/types";
import type { CounterExample, Findings } from "../verdict";

const KEY = "aws:kms/key:Key";
export const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const GRANT = "aws:kms/grant:Grant";

/** Calls by which a key opens what is under it, or lets somebody open it. */
const OPENING = ["kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant", "kms:PutKeyPolicy"];

/** Parameters of a stack that hold the first password of GitLab's user root, or of another administrator. */
export function administratorPasswords({ snapshot }: Side): StackResource[] {
  return snapshot.resources.filter((one) => isSecretOf(one, SOURCE_COMPONENT, /-root-password$/));
}

/** Parameters of a stack that hold a push credential. */
export function pushCredentials({ snapshot }: Side): StackResource[] {
  return snapshot.resources.filter((one) => isSecretOf(one, MIRROR_COMPONENT, /-credentials-/));
}

/** What is plain in the components' parameters is written as such; everything else in them is a secret. */
function isSecretOf(resource: StackResource, component: string, name: RegExp): boolean {
  return (
    resource.type === PARAMETER &&
    isWithin(resource, component) &&
    (name.test(resource.name) || propertiesOf(resource).insecureValue === undefined)
  );
}

/** The key of the stack that a parameter, or what names its key by another property, is under; undefined where none is shown. */
export function keyOf(
  { snapshot }: Side,
  holder: StackResource,
  property = "keyId",
): StackResource | undefined {
  const keyId = propertiesOf(holder)[property];
  const sources = holder.propertyDependencies[property] ?? [];
  return snapshot.resources.find(
    (one) =>
      one.type === KEY && (keyId instanceof Unknown ? sources.includes(one.urn) : isNameOf(keyId, one)),
  );
}

/** Whether a text is what a key is named by. */
export function isNameOf(keyId: unknown, { id, outputs: { arn } }: StackResource): boolean {
  return typeof keyId === "string" && keyId !== "" && (keyId === arn || keyId === id);
}

interface Found {
  readonly example?: CounterExample;
  readonly reason?: string;
}

const refuted = ({ urn }: StackResource, says: string): Found => ({
  example: { kind: "resource", urn, says: `${urn}: ${says}.` },
});

/** Whether each is a SecureString, and a push credential under a key that only its own account can use. */
export function storedSecrets(side: Side): Findings {
  const credentials = pushCredentials(side);
  const found = [
    ...[...administratorPasswords(side), ...credentials].flatMap(byType),
    ...credentials.flatMap((one) => byKey(side, one)),
  ];
  return {
    evidence: [],
    counterExamples: found.flatMap(({ example }) => example ?? []),
    reasons: [...new Set(found.flatMap(({ reason }) => reason ?? []))],
  };
}

function byType(parameter: StackResource): Found[] {
  const types = [parameter.inputs.type, parameter.outputs.type].filter((one) => one !== undefined);
  if (types.length > 0 && types.every((one) => one === "SecureString")) return [];
  return types.some((one) => one instanceof Unknown)
    ? [{ reason: `${parameter.urn} holds a secret: whether it is a SecureString is not known.` }]
    : [refuted(parameter, "it holds a secret and is not a SecureString")];
}

function byKey(side: Side, parameter: StackResource): Found[] {
  const key = keyOf(side, parameter);
  if (key === undefined) {
    const { keyId } = propertiesOf(parameter);
    const isNone = keyId === undefined || keyId === "" || keyId === null;
    return isNone
      ? [refuted(parameter, "it holds a push credential and is not under a key of its own")]
      : [{ reason: `${parameter.urn} is under a key that is not shown.` }];
  }
  const { accountId } = side;
  if (accountId === undefined) return [{ reason: `${key.urn}: which account it is in is not shown.` }];
  return side.snapshot.resources
    .filter((one) => one === key || isNameOf(propertiesOf(one).keyId, key))
    .flatMap((one) => {
      if (one === key || one.type === KEY_POLICY) return byPolicy(one, key, accountId);
      return one.type === GRANT ? byGrant(one, accountId) : [];
    });
}

function byPolicy(holder: StackResource, key: StackResource, account: string): Found[] {
  const { policy } = propertiesOf(holder);
  // AWS's default lets the account's own administrators in, and nobody else.
  if (policy === undefined || policy === null || policy === "") return [];
  const statements = statementsIn(policy);
  if (statements === undefined) return [{ reason: `${holder.urn}: its policy is not understood.` }];
  const { arn } = propertiesOf(key);
  const asked = { actions: OPENING, resource: typeof arn === "string" ? arn : "*" };
  const { permission, who } = strangerPermissionBy(statements, asked, account);
  if (permission === "no") return [];
  return permission === "yes"
    ? [refuted(holder, `it lets ${who} open the push credential`)]
    : [{ reason: `${holder.urn}: whether it lets ${who} open the push credential is not shown.` }];
}

function byGrant(grant: StackResource, account: string): Found[] {
  const grantee = propertiesOf(grant).granteePrincipal;
  const owner = typeof grantee === "string" ? splitArn(grantee)?.[4] : undefined;
  if (owner === account) return [];
  return owner === undefined || owner === ""
    ? [{ reason: `${grant.urn}: whom it lets use the key of the push credential is not shown.` }]
    : [refuted(grant, `it lets account ${owner} use the key of the push credential`)];
}
