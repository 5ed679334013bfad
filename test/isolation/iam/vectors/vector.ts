/** What a vector is, and the few texts that all of them are made of. */
import type { AccessRequest } from "../../../../isolation/iam/request";

/** A rule of AWS's documentation, with requests that it decides. */
export interface Vector {
  /** What the page says, in our words, one sentence. */
  readonly says: string;
  /** The page. */
  readonly source: string;
  /** Policy documents as AWS takes them. */
  readonly policies: {
    readonly identity?: readonly object[];
    readonly boundary?: object;
    /** Of the VPC endpoint that the requests come through. */
    readonly endpoint?: object;
    /** By level: root, organizational units, account. */
    readonly serviceControl?: readonly (readonly object[])[];
  };
  readonly requests: readonly Asked[];
}

/** A request, as far as it differs from `USUAL`, and what becomes of it. */
export interface Asked {
  readonly ask: Partial<Omit<AccessRequest, "principalAccount">>;
  readonly outcome: "allowed" | "explicitly denied" | "implicitly denied";
}

export const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
export const ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide";
export const CODECOMMIT = "https://docs.aws.amazon.com/codecommit/latest/userguide";

export const ACCOUNT = "111122223333";
export const STRANGER = "444455556666";

export const user = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:user/${name}`;
export const role = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
export const repository = (name: string, account = ACCOUNT, region = "eu-west-1") =>
  `arn:aws:codecommit:${region}:${account}:${name}`;

/** What a request is unless a vector says otherwise. */
export const USUAL: Omit<AccessRequest, "principalAccount"> = {
  principalArn: user("carlos"),
  action: "codecommit:GitPull",
  resource: repository("app"),
  context: {},
};

export const policy = (...statements: readonly object[]) => ({
  Version: "2012-10-17",
  Statement: statements,
});
const statement = (effect: "Allow" | "Deny", rest: object) => ({
  Effect: effect,
  ...("NotAction" in rest ? {} : { Action: "*" }),
  ...("NotResource" in rest ? {} : { Resource: "*" }),
  ...rest,
});
/** Allows every action on every resource, but for what is said otherwise. */
export const allow = (rest: object = {}) => statement("Allow", rest);
/** Denies every action on every resource, but for what is said otherwise. */
export const deny = (rest: object = {}) => statement("Deny", rest);
/** AWS's managed policies FullAWSAccess and AdministratorAccess. */
export const EVERYTHING = policy(allow());

const together =
  (outcome: Asked["outcome"]) =>
  (...asks: readonly Asked["ask"][]): Asked[] =>
    asks.map((ask) => ({ ask, outcome }));
export const allowed = together("allowed");
export const explicitlyDenied = together("explicitly denied");
export const implicitlyDenied = together("implicitly denied");

/** A request with these condition keys; by the usual user unless another principal is given. */
export const given = (context: AccessRequest["context"], principalArn?: string): Asked["ask"] => ({
  context,
  ...(principalArn !== undefined && { principalArn }),
});
/** A request by this principal without further condition keys. */
export const by = (principalArn: string): Asked["ask"] => ({ principalArn });
/** A request for this repository. */
export const on = (resource: string): Asked["ask"] => ({ resource });
/** A request for this action of CodeCommit. */
export const to = (...names: readonly string[]): readonly Asked["ask"][] =>
  names.map((name) => ({ action: `codecommit:${name}` }));

/** A documented table of requests that a condition matches and does not match. */
interface Table extends Pick<Vector, "says" | "source"> {
  readonly condition: object;
  readonly match?: readonly Asked["ask"][];
  readonly noMatch?: readonly Asked["ask"][];
}

/** The table as that of an Allow, the only one there is. */
export function allowIf({ says, source, condition, match = [], noMatch = [] }: Table): Vector {
  const policies = { identity: [policy(allow({ Condition: condition }))] };
  return { says, source, policies, requests: [...allowed(...match), ...implicitlyDenied(...noMatch)] };
}

/** The table as that of a Deny, beside an Allow of everything. */
export function denyIf({ says, source, condition, match = [], noMatch = [] }: Table): Vector {
  const policies = { identity: [EVERYTHING, policy(deny({ Condition: condition }))] };
  return { says, source, policies, requests: [...explicitlyDenied(...match), ...allowed(...noMatch)] };
}
