import { expect } from "chai";
import type { Limits, Region, SpaceInputs } from "../../../isolation/access/region";
import { createSpace } from "../../../isolation/access/space";
import { REQUESTER_KEYS } from "../../../isolation/access/variables";
import { parseIdentityArn } from "../../../facts/arn";
import { decide } from "../../../isolation/iam/decide";
import { conditionKey, keyInfo, type ConditionKey } from "../../../isolation/iam/keys";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";
import type { AccessRequest } from "../../../isolation/iam/request";
import { UnsupportedPolicyError } from "../../../isolation/iam/unsupported";
import { VECTORS } from "./vectors";
import { USUAL, type Asked, type Vector } from "./vectors/vector";

const ENDPOINT = "vpce-of-the-policy";

function limitsOf({ policies: { identity = [], boundary, endpoint, serviceControl } }: Vector): Limits {
  const read = (document: object): Policy => parsePolicy(JSON.stringify(document), "p");
  return {
    identity: identity.map(read),
    permissionsBoundary: boundary && read(boundary),
    serviceControl: serviceControl?.map((level) => level.map(read)),
    endpoints: endpoint && new Map([[ENDPOINT, read(endpoint)]]),
  };
}

function requestOf({ ask }: Asked, limits: Limits): AccessRequest {
  const request = { ...USUAL, ...ask };
  const through = limits.endpoints && { "aws:SourceVpce": ENDPOINT };
  const principalAccount = parseIdentityArn(request.principalArn)?.account ?? "";
  return { ...request, principalAccount, context: { ...request.context, ...through } };
}

/** What the decider of single requests says; it may refuse to guess. */
function decided(request: AccessRequest, { endpoints, ...limits }: Limits): string {
  return unlessRefused(() => decide(request, { ...limits, endpoint: endpoints?.get(ENDPOINT) }).outcome);
}

/** What the decider of all requests at once says; it does not tell denials apart, and may refuse too. */
function contained(request: AccessRequest, limits: Limits): string {
  const requester = { arn: request.principalArn, account: request.principalAccount };
  return unlessRefused(() => {
    const allowed = createSpace(inputsOf(request, limits)).allowed(requester, limits);
    return at(request, limits, allowed).isEmpty() ? "denied" : "allowed";
  });
}

function unlessRefused(outcome: () => string): string {
  try {
    return outcome();
  } catch (error) {
    if (error instanceof UnsupportedPolicyError) return "refused";
    throw error;
  }
}

function policiesOf({ identity, permissionsBoundary, serviceControl = [], endpoints }: Limits): Policy[] {
  const one = permissionsBoundary ? [permissionsBoundary] : [];
  return [...identity, ...one, ...serviceControl.flat(), ...(endpoints?.values() ?? [])];
}

/** A space in which the request is a class by itself. */
function inputsOf(request: AccessRequest, limits: Limits): SpaceInputs {
  const context = Object.entries(request.context).map(([name, value]) => ({ name, values: [value].flat() }));
  const isText = ({ name }: { name: string }) => ["string", "arn"].includes(keyInfo(keyOf(name)).type);
  // Only a policy can name a text with wildcards that stand for themselves, and in the older version with variables.
  const naming = context.filter(isText).map(({ name, values }) => {
    const Condition = { "ForAnyValue:StringEquals": { [name]: values } };
    const Statement = { Effect: "Allow", Action: "*", Resource: "*", Condition };
    return parsePolicy({ Version: "2008-10-17", Statement }, "naming the request's texts");
  });
  const others = context.filter((one) => !isText(one)).map(({ name, values }) => [name, values] as const);
  return {
    policies: [...policiesOf(limits), ...naming],
    requesters: [{ arn: request.principalArn, account: request.principalAccount }],
    resources: [request.resource],
    values: { ...Object.fromEntries(others), action: [request.action] },
  };
}

/** The part of a region that is the request. */
function at(request: AccessRequest, limits: Limits, region: Region): Region {
  let rest = region
    .within("action", { values: [request.action] })
    .within("resource", { values: [request.resource] });
  const given = new Map(
    Object.entries(request.context).map(([name, value]) => [keyOf(name), [value].flat()]),
  );
  const asked = policiesOf(limits).flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) => conditions.map(({ key }) => key)),
  );
  for (const key of new Set([...given.keys(), ...asked])) {
    // These follow from who asks and for what.
    if (REQUESTER_KEYS.has(key) || key === "aws:ResourceAccount") continue;
    const values = given.get(key);
    rest = rest.within(key, values === undefined ? { absent: true } : partOf(key, values));
  }
  return rest;
}

function partOf(key: ConditionKey, values: readonly string[]) {
  return keyInfo(key).type === "address" ? { cidrs: values.map(alone) } : { values };
}

/** An address as a range of itself. */
function alone(address: string): string {
  return `${address}/${address.includes(":") ? 128 : 32}`;
}

function keyOf(name: string): ConditionKey {
  const key = conditionKey(name);
  if (key === undefined) throw new Error(`no such key: ${name}`);
  return key;
}

/**
 * A decider may refuse, which is not a contradiction, but only where this list says so. What a variable without a value
 * does is documented twice: it matches nothing, and it may make the statement invalid.
 */
const NO_VALUE = [
  "StringNotEquals with a variable without a value matches: whoever lacks the tag is explicitly denied",
];
/** Over all requests at once, only variables that follow from who asks can be decided, and those with a value. */
const NOT_BY_THE_REQUESTER = [
  ...NO_VALUE,
  "A variable that has no value is like nothing",
  "A principal's tag can be a part of a resource",
  "A tag of the resource has to be the principal's",
  "A default takes the place of a variable without a value, and of no other",
  "StringEquals with a variable without a value does not match, whatever the key's value is",
  "StringNotEquals with a variable that has a value compares with it",
];

describe("AWS's documentation is what one request is decided by:", () => {
  for (const vector of VECTORS) {
    it(vector.says, () => {
      expectAnswers(vector, decided, (outcome) => outcome, NO_VALUE);
    });
  }
});

describe("AWS's documentation is what all requests at once are decided by:", () => {
  for (const vector of VECTORS) {
    it(vector.says, () => {
      const told = (outcome: Asked["outcome"]) => (outcome === "allowed" ? outcome : "denied");
      expectAnswers(vector, contained, told, NOT_BY_THE_REQUESTER);
    });
  }
});

it("the refusals that are expected are of vectors, each told by one sentence of its own", () => {
  const said = VECTORS.map(({ says }) => says);
  expect(new Set(said).size, "sentences").to.equal(said.length);
  expect(said).to.include.members(NOT_BY_THE_REQUESTER);
});

function expectAnswers(
  vector: Vector,
  answer: (request: AccessRequest, limits: Limits) => string,
  told: (outcome: Asked["outcome"]) => string,
  refusable: readonly string[],
): void {
  const limits = limitsOf(vector);
  const answers = vector.requests.map((one) => {
    const request = requestOf(one, limits);
    return { one, request, given: answer(request, limits) };
  });
  const refused = answers.filter(({ given }) => given === "refused");
  expect(refused.length > 0, `refused ${JSON.stringify(refused)}`).to.equal(refusable.includes(vector.says));
  for (const { one, request, given } of answers) {
    const why = `${JSON.stringify(request)}, see ${vector.source}`;
    if (given !== "refused") expect(given, why).to.equal(told(one.outcome));
  }
}
