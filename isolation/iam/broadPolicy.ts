/**
 * Policy documents of every kind and service: identity, trust and resource policies. Where `policy.ts` refuses what it does not
 * understand, this reader keeps it apart, so that a right outside of CodeCommit is granted, perhaps granted, or not granted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import { isRecord } from "../../facts/record";
import { parseIdentityArn, splitArn } from "../../facts/arn";
import { parseConditionBlock, type Condition } from "./conditionBlock";
import { foldCase } from "./match";
import { type Selection } from "./policy";
import { holdsVariables } from "./template";
import { UnsupportedPolicyError } from "./unsupported";

/** A statement of a policy of any kind. */
export interface BroadStatement {
  /** The Sid, or the place in the document. */
  readonly label: string;
  readonly effect: "Allow" | "Deny";
  /** Absent in identity policies. */
  readonly principals?: readonly BroadPrincipal[];
  /** Whether the principals are those of NotPrincipal. */
  readonly isNotPrincipal: boolean;
  readonly actions: Selection;
  /** All of them where there is no such element, as in trust policies. */
  readonly resources: Selection;
  readonly conditions: readonly Condition[];
  /** Conditions that `conditionBlock.ts` does not understand: those on other services' keys, mostly. */
  readonly foreign: readonly ForeignCondition[];
}

/** A condition as it is written. */
export interface ForeignCondition {
  readonly operator: string;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

export type BroadPrincipal =
  | { readonly kind: "everyone" }
  /** An account, which there stands for those whom the account lets. */
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "identity"; readonly arn: string }
  /** Sessions of a role, by its name. */
  | { readonly kind: "session"; readonly account: string; readonly role: string }
  | { readonly kind: "unique id"; readonly id: string }
  | { readonly kind: "service"; readonly name: string }
  /** An identity provider, who says whom it lets in. */
  | { readonly kind: "federated"; readonly provider: string }
  | { readonly kind: "unknown"; readonly text: string };

/** A principal as policies write it. */
export function writtenPrincipal(principal: BroadPrincipal): string {
  switch (principal.kind) {
    case "everyone":
      return "*";
    case "account":
      return `arn:aws:iam::${principal.account}:root`;
    case "identity":
      return principal.arn;
    case "session":
      return `arn:aws:sts::${principal.account}:assumed-role/${principal.role}`;
    case "unique id":
      return principal.id;
    case "service":
      return principal.name;
    case "federated":
      return principal.provider;
    case "unknown":
      return principal.text;
  }
}

/**
 * @param document as parsed from JSON
 * @returns undefined for what is not a policy document
 */
export function readBroadly(document: unknown): readonly BroadStatement[] | undefined {
  if (!isRecord(document) || document.Statement === undefined) return undefined;
  const variables = document.Version === "2012-10-17";
  const listed: unknown[] = [document.Statement].flat();
  const read = listed.map((one, i) => readStatement(one, i, variables));
  const statements = read.filter((one) => one !== undefined);
  return statements.length === read.length ? statements : undefined;
}

function readStatement(given: unknown, index: number, variables: boolean): BroadStatement | undefined {
  if (!isRecord(given)) return undefined;
  const { Sid: sid, Effect: effect, Principal: principal, NotPrincipal: others } = given;
  if (effect !== "Allow" && effect !== "Deny") return undefined;
  const everything: Selection = { inverted: false, patterns: ["*"] };
  // AWS takes no statement without actions; should it stand all the same, it may mean any.
  const hasActions = given.Action !== undefined || given.NotAction !== undefined || effect === "Deny";
  const actions = hasActions ? selectionOf(given, "Action") : everything;
  const resources = selectionOf(given, "Resource") ?? everything;
  const conditions = conditionsOf(given.Condition, variables);
  if (actions === undefined || conditions === undefined) return undefined;
  const who = principal ?? others;
  return {
    label: typeof sid === "string" && sid !== "" ? sid : `Statement[${index}]`,
    effect,
    ...(who !== undefined && { principals: principalsOf(who) }),
    isNotPrincipal: principal === undefined && others !== undefined,
    actions,
    resources: resources.patterns.some(holdsVariables) ? { ...resources, variables: true } : resources,
    ...conditions,
  };
}

function selectionOf(
  statement: Record<string, unknown>,
  element: "Action" | "Resource",
): Selection | undefined {
  const inverted = statement[element] === undefined;
  const patterns = textsOf(statement[inverted ? `Not${element}` : element]);
  return patterns === undefined ? undefined : { inverted, patterns };
}

/** Each key by itself: what one leaves open says nothing of the others. */
function conditionsOf(
  block: unknown,
  variables: boolean,
): Pick<BroadStatement, "conditions" | "foreign"> | undefined {
  if (block === undefined) return { conditions: [], foreign: [] };
  if (!isRecord(block)) return undefined;
  const conditions: Condition[] = [];
  const foreign: ForeignCondition[] = [];
  for (const [operator, keys] of Object.entries(block)) {
    if (!isRecord(keys)) return undefined;
    for (const [name, value] of Object.entries(keys)) {
      const key = SAME_KEYS.get(foldCase(name)) ?? name;
      try {
        const at = { policy: "", statement: "" };
        conditions.push(...parseConditionBlock({ [operator]: { [key]: value } }, at, variables));
      } catch (error) {
        if (!(error instanceof UnsupportedPolicyError)) throw error;
        foreign.push({ operator, key: foldCase(name), values: [value].flat().map(String) });
      }
    }
  }
  return { conditions, foreign };
}

/** Keys of other names that say the same of the caller. @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account */
const SAME_KEYS: ReadonlyMap<string, string> = new Map([["kms:calleraccount", "aws:PrincipalAccount"]]);

function principalsOf(element: unknown): readonly BroadPrincipal[] {
  if (element === "*") return [{ kind: "everyone" }];
  if (!isRecord(element)) return [{ kind: "unknown", text: JSON.stringify(element) }];
  return Object.entries(element).flatMap(([kind, given]) =>
    (textsOf(given) ?? [JSON.stringify(given)]).map((text) => principalOf(kind, text)),
  );
}

function principalOf(kind: string, text: string): BroadPrincipal {
  if (kind === "Service") return { kind: "service", name: text };
  if (kind === "Federated") return { kind: "federated", provider: text };
  if (kind !== "AWS") return { kind: "unknown", text };
  if (text === "*") return { kind: "everyone" };
  if (/^\d{12}$/.test(text)) return { kind: "account", account: text };
  if (/^A[A-Z0-9]{15,}$/.test(text)) return { kind: "unique id", id: text };
  const identity = parseIdentityArn(text);
  if (identity !== undefined)
    return identity.type === "root"
      ? { kind: "account", account: identity.account }
      : { kind: "identity", arn: text };
  const [, , service, , account = "", resource = ""] = splitArn(text) ?? [];
  const [, role] = /^assumed-role\/([^/]+)\//.exec(resource) ?? [];
  return service === "sts" && role !== undefined
    ? { kind: "session", account, role }
    : { kind: "unknown", text };
}

function textsOf(value: unknown): string[] | undefined {
  const list: unknown[] = [value].flat();
  const texts = list.filter((item) => typeof item === "string");
  return texts.length === list.length && list.length > 0 ? texts : undefined;
}
