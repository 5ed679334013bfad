/** Which policy documents belong to the gate users, and what they say. */
import { isWithin } from "../../isolation/model/stack";
import { TARGET_COMPONENT } from "../../isolation/model/types";
import { actionMatches } from "../../isolation/iam/match";
import { INLINE, POLICY, ROLE } from "../../isolation/model/identities";
import { parsePolicy, type Policy, type Statement } from "../../isolation/iam/policy";
import { UnsupportedPolicyError } from "../../isolation/iam/unsupported";
import { ifKnown, knownTexts } from "./known";
import { describe, matchesName, type AnyResource } from "./resources";

export type GateRole = "push" | "pull";

/** How a program that does not use MirrorTarget says which of its users are the gate users. */
export interface GateSettings {
  pushUsers: string;
  pullUsers: string;
}

export const gateDefaults: GateSettings = { pushUsers: "", pullUsers: "" };

const naming = "regular expression for the Pulumi or IAM names of";
export const gateSchema = {
  pushUsers: {
    type: "string" as const,
    description: `A ${naming} push users and their policies, where no MirrorTarget makes them.`,
    default: gateDefaults.pushUsers,
  },
  pullUsers: {
    type: "string" as const,
    description: `A ${naming} pull users and their policies, where no MirrorTarget makes them.`,
    default: gateDefaults.pullUsers,
  },
};

/** A resource with a policy document of IAM's. `props` is read lazily, since in a preview a document may be unknown. */
export type DocumentResource = AnyResource & { props: Readonly<Record<string, unknown>> };

const ROLE_DOCUMENTS = INLINE.filter(([, , owner]) => owner === ROLE).map(([type]) => type);
const DOCUMENT_TYPES = [POLICY, ...INLINE.map(([type]) => type)];

/** Whether the resource is an IAM policy of any sort. */
export function isDocumentResource({ type }: AnyResource): boolean {
  return DOCUMENT_TYPES.includes(type);
}

/**
 * Whose document it is: the push user's, the pull user's, or (undefined) none of the gate's. What MirrorTarget makes and
 * what the settings name is known by name. Beyond that, whatever grants `codecommit:GitPush` in so many words is taken
 * for a push user's: whoever else may write can carry data out through a repository. (A grant of "*" is not: there a
 * service control policy is what keeps administrators from writing.)
 */
export function gateRole(resource: DocumentResource, settings: GateSettings): GateRole | undefined {
  const iamName = knownText(resource, "name");
  if (matchesName(settings.pushUsers, resource.name, iamName)) return "push";
  if (matchesName(settings.pullUsers, resource.name, iamName)) return "pull";
  // A role is not a gate user: what forwards events there may do so.
  if (isWithin(resource, TARGET_COMPONENT) && !ROLE_DOCUMENTS.includes(resource.type)) {
    const [, role] = /-(push|pull)(-policy-\d+)?$/.exec(resource.name) ?? [];
    if (role === "push" || role === "pull") return role;
    return "pull";
  }
  return grantsPush(resource) ? "push" : undefined;
}

/**
 * Reads the document, strictly.
 * @throws UnsupportedPolicyError when it holds anything that is not understood; the SDK's error when it is unknown yet
 */
export function readDocument(resource: DocumentResource): Policy {
  return parsePolicy(resource.props.policy, describe(resource));
}

/** Reads a document that another rule answers for: undefined when it cannot be understood, or is not known yet. */
export function readableDocument(resource: DocumentResource): Policy | undefined {
  try {
    return ifKnown(() => readDocument(resource));
  } catch (error) {
    if (error instanceof UnsupportedPolicyError) return undefined;
    throw error;
  }
}

export function statementsOf(policy: Policy, effect: Statement["effect"]): Statement[] {
  return policy.statements.filter((statement) => statement.effect === effect);
}

/** What messages call a statement. */
export function nameOf({ effect, label }: Statement): string {
  return `its ${effect} statement ${label}`;
}

function grantsPush(resource: DocumentResource): boolean {
  const policy = readableDocument(resource);
  if (policy) {
    return statementsOf(policy, "Allow").some(
      ({ actions }) => !actions.inverted && actions.patterns.some(namesPush),
    );
  }
  // Not understood as a whole, it may still say what it is about.
  const texts = knownTexts(resource.props).map(({ text }) => text);
  return texts.some((text) =>
    [...text.matchAll(/codecommit:[\w*?]+/gi)].some(([pattern]) => namesPush(pattern)),
  );
}

function namesPush(pattern: string): boolean {
  return /^codecommit:/i.test(pattern) && actionMatches(pattern, "codecommit:GitPush");
}

function knownText(resource: DocumentResource, property: string): string | undefined {
  const value = ifKnown(() => resource.props[property]);
  return typeof value === "string" ? value : undefined;
}
