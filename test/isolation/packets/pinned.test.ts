import { expect } from "chai";
import { isGitEndpoint, unpinned } from "../../../isolation/packets/pinned";
import { endpoint, everything, pinnedTo, pulling } from "../claims/goodDeployment";

const account = "222222222222";
const other = "333333333333";
const ofPrincipal = { "aws:PrincipalAccount": account };
const ofResource = { "aws:ResourceAccount": account };

const isPinned = (service: string, statement: object) =>
  unpinned(endpoint("endpoint", "room-vpc", service, statement), account).length === 0;
const under = (...conditions: [operator: string, keys: Record<string, string | string[]>][]) => ({
  ...everything,
  Condition: Object.fromEntries(conditions),
});

describe("an endpoint is pinned to an account", () => {
  for (const [what, statement] of Object.entries({
    "principal and resource both are of it": pinnedTo(account),
    "the principal is of it by its ARN": under(
      ["StringEquals", ofResource],
      ["ArnLike", { "aws:PrincipalArn": `arn:aws:iam::${account}:role/*` }],
    ),
    "the resource is of the principal's account": under([
      "StringEquals",
      { ...ofPrincipal, "aws:ResourceAccount": "${aws:PrincipalAccount}" },
    ]),
    "what is not is a Deny": { ...everything, Effect: "Deny" },
  }))
    it(`where ${what}`, () => {
      expect(isPinned("s3", statement)).to.equal(true);
    });

  for (const [what, statement] of Object.entries({
    "it asks nothing": everything,
    "only the principal is of it": under(["StringEquals", ofPrincipal]),
    "only the resource is of it": under(["StringEquals", ofResource]),
    "both are of another": pinnedTo(other),
    "the principal may be of another, too": under([
      "StringEquals",
      { "aws:PrincipalAccount": [account, other], ...ofResource },
    ]),
    "the resource may be of another, too": under([
      "StringEquals",
      { ...ofPrincipal, "aws:ResourceAccount": [account, other] },
    ]),
    "the principal's ARN may be of another, too": under(
      ["StringEquals", ofResource],
      ["ArnLike", { "aws:PrincipalArn": [`arn:aws:iam::${account}:role/*`, `arn:aws:iam::${other}:role/*`] }],
    ),
    "a request without the key passes": under(["StringEqualsIfExists", { ...ofPrincipal, ...ofResource }]),
    "what is of it is left out": under(["StringNotEquals", { ...ofPrincipal, ...ofResource }]),
    "the resource has to be unlike it": under(["StringEquals", ofPrincipal], ["StringNotEquals", ofResource]),
  }))
    it(`but not where ${what}`, () => {
      expect(isPinned("s3", statement)).to.equal(false);
    });
});

describe("an endpoint for git is pinned to an account", () => {
  it("where it lets pulls of the account's repositories through", () => {
    expect(isPinned("git-codecommit", pulling(account, "app"))).to.equal(true);
    expect(
      isPinned("git-codecommit-fips", { ...pulling(account, "*"), Action: "CodeCommit:gitpull" }),
    ).to.equal(true);
  });

  const plain = pulling(account, "app");
  const { Action, Resource, ...rest } = { Action: "", Resource: "", ...plain };
  for (const [what, statement] of Object.entries({
    "the repository is of another": pulling(other, "app"),
    "one repository of several is of another": {
      ...plain,
      Resource: [Resource, `arn:aws:codecommit:ap-northeast-1:${other}:app`],
    },
    "the account is a wildcard": pulling("*", "app"),
    "the account is in the repository's name": pulling(other, `x:codecommit:ap-northeast-1:${account}:app`),
    "the repository is anything": { ...plain, Resource: "*" },
    "the Region is a wildcard": { ...plain, Resource: `arn:aws:codecommit:*:${account}:app` },
    "all repositories but one are let through": { ...rest, Action, NotResource: Resource },
    "pushes are let through": { ...plain, Action: ["codecommit:GitPull", "codecommit:GitPush"] },
    "an action is a wildcard": { ...plain, Action: "codecommit:GitPul?" },
    "all actions but one are let through": { ...rest, Resource, NotAction: Action },
    "it asks for the account and lets everything of it through": pinnedTo(account),
  }))
    it(`but not where ${what}`, () => {
      expect(isPinned("git-codecommit", statement)).to.equal(false);
    });

  it("is told from others by the whole of its service's name", () => {
    const service = (serviceName: string) =>
      isGitEndpoint({ ...endpoint("e", "vpc", "s3", everything), serviceName });
    for (const name of [
      "com.amazonaws.eu-west-1.git-codecommit",
      "com.amazonaws.eu-west-1.git-codecommit-fips",
    ])
      expect(service(name), name).to.equal(true);
    for (const name of [
      "com.amazonaws.eu-west-1.codecommit",
      "com.amazonaws.eu-west-1.git-codecommit-x",
      "com.amazonaws.vpce.eu-west-1.git-codecommit",
      "cn.com.amazonaws.eu-west-1.git-codecommit",
      "com_amazonaws_eu-west-1_git-codecommit",
    ])
      expect(service(name), name).to.equal(false);
  });
});
