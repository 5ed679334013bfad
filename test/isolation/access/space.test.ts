import { expect } from "chai";
import { requesterClasses } from "../../../isolation/access/requesters";
import type { SpaceInputs } from "../../../isolation/access/region";
import { createSpace } from "../../../isolation/access/space";
import { UnclassifiablePolicyError } from "../../../isolation/access/unclassifiable";
import { CODECOMMIT_ACTIONS } from "../../../isolation/iam/actions";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";

const account = "111122223333";
const user = { arn: `arn:aws:iam::${account}:user/push`, account };
const app = `arn:aws:codecommit:eu-west-1:${account}:app`;

function policy(...statements: object[]): Policy {
  return parsePolicy({ Version: "2012-10-17", Statement: statements }, "policy");
}

function space(policies: Policy[], more: Partial<SpaceInputs> = {}) {
  return createSpace({ policies, requesters: [user], resources: [app], ...more });
}

const lock = { "aws:SourceIp": ["203.0.113.10/32", "203.0.113.11/32", "203.0.113.13/32"] };
const push = policy(
  {
    Effect: "Allow",
    Action: ["codecommit:GitPull", "codecommit:GitPush"],
    Resource: app,
    Condition: { IpAddress: lock },
  },
  { Effect: "Deny", Action: "codecommit:*", Resource: "*", Condition: { NotIpAddress: lock } },
);

describe("the push user's requests", () => {
  const allowed = space([push]).allowed(user, { identity: [push] });

  it("come from the listed addresses exactly, as the fewest ranges", () => {
    expect(allowed.along("aws:SourceIp")).to.deep.equal({
      absent: false,
      values: ["203.0.113.10/31", "203.0.113.13/32"],
    });
    expect(allowed.outside("aws:SourceIp", { cidrs: lock["aws:SourceIp"] }).isEmpty()).to.equal(true);
  });

  it("are pulls and pushes of the repository alone", () => {
    expect(allowed.along("action").values).to.deep.equal(["codecommit:GitPull", "codecommit:GitPush"]);
    expect(allowed.along("resource").values).to.deep.equal([app]);
  });

  it("have an example with no key but the address", () => {
    expect(allowed.example()?.context).to.deep.equal({ "aws:SourceIp": "203.0.113.10" });
  });
});

describe("a space", () => {
  it("covers both families of addresses wholly", () => {
    const { values } = space([]).everything(user).along("aws:SourceIp");
    expect(values).to.deep.equal(["0.0.0.0/0", "::/0"]);
  });

  it("ignores an address's bits beyond the prefix, as IAM does", () => {
    const Condition = { IpAddress: { "aws:SourceIp": ["203.0.113.77/25", "2001:db8::77/32"] } };
    const sloppy = policy({ Effect: "Allow", Action: "*", Resource: app, Condition });
    const allowed = space([sloppy]).allowed(user, { identity: [sloppy] });
    expect(allowed.along("aws:SourceIp").values).to.deep.equal(["203.0.113.0/25", "2001:db8::/32"]);
  });

  it("knows further actions that a wildcard covers", () => {
    const get = policy({ Effect: "Allow", Action: "codecommit:Get*", Resource: "*" });
    const { values } = space([get])
      .allowed(user, { identity: [get] })
      .along("action");
    expect(values.at(-1)).to.equal("<any other action matching codecommit:Get*>");
    const gets = CODECOMMIT_ACTIONS.filter(({ name }) => name.startsWith("codecommit:Get"));
    expect(values.slice(0, -1)).to.deep.equal(gets.map(({ name }) => name));
  });

  it("tells every overlap of wildcards apart, and no combination that no name has", () => {
    const arn = (name: string) => `arn:aws:codecommit:eu-west-1:${account}:${name}`;
    const both = policy({ Effect: "Allow", Action: "*", Resource: [arn("a*"), arn("*z"), arn("ab*")] });
    const { values } = space([both])
      .allowed(user, { identity: [both] })
      .along("resource");
    // a*, a*z, ab*, ab*z, *z; beside the literal.
    expect(values.filter((value) => value.startsWith("<"))).to.have.length(5);
  });

  it("leaves out a class that the known values use up", () => {
    const arn = (name: string) => `arn:aws:codecommit:eu-west-1:${account}:${name}`;
    const names = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
    const wide = policy({ Effect: "Allow", Action: "*", Resource: arn("?") });
    const classes = (known: string[]) =>
      space([wide], { resources: known.map(arn) })
        .allowed(user, { identity: [wide] })
        .along("resource").values;
    expect(classes(names)).to.have.members(names.map(arn));
    expect(classes(names.slice(1))).to.have.length(names.length);
  });

  it("holds a key that is true, false or absent", () => {
    const Condition = { BoolIfExists: { "aws:SecureTransport": true } };
    const secure = policy({ Effect: "Allow", Action: "*", Resource: app, Condition });
    const allowed = space([secure]).allowed(user, { identity: [secure] });
    expect(allowed.along("aws:SecureTransport")).to.deep.equal({ absent: true, values: ["true"] });
  });

  it("binds only requests through an endpoint by its policy", () => {
    const all = policy({ Effect: "Allow", Action: "*", Resource: "*" });
    const pull = policy({ Effect: "Allow", Principal: "*", Action: "codecommit:GitPull", Resource: app });
    const region = space([all, pull], { values: { "aws:SourceVpce": ["vpce-1"] } }).allowed(user, {
      identity: [all],
      endpoints: new Map([["vpce-1", pull]]),
    });
    const through = region.within("aws:SourceVpce", { values: ["vpce-1"] });
    expect(through.along("action").values).to.deep.equal(["codecommit:GitPull"]);
    expect(region.minus(through).along("action").values).to.include("codecommit:GitPush");
  });

  it("names policy and statement of what it cannot decide", () => {
    const stars = (i: number) => `arn:aws:codecommit:eu-west-1:${account}:*${"a?".repeat(i + 2)}*b*c${i}*`;
    const wild = parsePolicy(
      {
        Version: "2012-10-17",
        Statement: { Sid: "Wild", Effect: "Allow", Action: "*", Resource: [0, 1, 2, 3, 4, 5, 6].map(stars) },
      },
      "entangled",
    );
    expect(() => space([wild])).to.throw(
      UnclassifiablePolicyError,
      /"entangled", statement Wild, resource: /,
    );
  });

  // The parser is shared, and may learn something before the algebra does.
  it("skips nothing that the parser knows and the algebra does not", () => {
    const strange = push.statements.map((one) => ({ ...one, sessionPrincipals: ["*"] }));
    expect(() => space([{ ...push, statements: strange }])).to.throw(
      UnclassifiablePolicyError,
      "sessionPrincipals",
    );
    const qualified = push.statements.map((one) => ({
      ...one,
      conditions: one.conditions.map((condition) => ({ ...condition, qualifier: "ForAnyValue" })),
    }));
    expect(() => requesterClasses([{ ...push, statements: qualified }], { accounts: [account] })).to.throw(
      UnclassifiablePolicyError,
      "statement Statement[0], Condition.IpAddress.aws:SourceIp",
    );
  });

  it("refuses a part that it has no equivalence class for, instead of guessing", () => {
    const region = space([push]).everything(user);
    expect(() => region.within("aws:SourceIp", { cidrs: ["203.0.112.0/23"] })).to.throw("203.0.112.0/23");
    expect(() => region.within("resource", { patterns: ["arn:aws:codecommit:*:*:a*"] })).to.throw(
      "no equivalence class",
    );
    expect(() => region.within("aws:Unknown", { absent: true })).to.throw("no dimension");
  });
});

describe("the classes of requesters", () => {
  it("are the named ones first, then one of each kind that policies tell apart, and a stranger", () => {
    const control = policy({
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { ArnNotLike: { "aws:PrincipalArn": [user.arn, `arn:aws:iam::${account}:role/deploy-*`] } },
    });
    const classes = requesterClasses([control], { accounts: [account] });
    expect(classes[0]).to.deep.equal(user);
    const others = classes.slice(1).map(({ arn }) => arn);
    expect(others.filter((arn) => arn.includes(`${account}:role/deploy-`))).to.have.length(1);
    expect(others.filter((arn) => arn.includes(`${account}:role/`))).to.have.length(2);
    expect(others.filter((arn) => arn.includes(`${account}:user/`))).to.have.length(1);
    expect(others.filter((arn) => !arn.includes(account))).to.have.length(2);
  });
});

describe("an example", () => {
  it("has as few condition keys as can be, whatever action that takes", () => {
    const Condition = { IpAddress: { "aws:SourceIp": "203.0.113.10" } };
    const two = policy(
      { Effect: "Allow", Action: "codecommit:CreateBranch", Resource: app, Condition },
      { Effect: "Allow", Action: "codecommit:GitPull", Resource: app },
    );
    const example = space([two])
      .allowed(user, { identity: [two] })
      .example();
    expect(example).to.include({ action: "codecommit:GitPull" });
    expect(example?.context).to.deep.equal({});
  });
});

describe("StringEqualsIgnoreCase", () => {
  it("covers a value in any case", () => {
    const Condition = { StringEqualsIgnoreCase: { "aws:SourceVpce": "VPCE-1" } };
    const one = policy({ Effect: "Allow", Action: "*", Resource: app, Condition });
    const region = space([one], { values: { "aws:SourceVpce": ["vpce-1"] } }).allowed(user, {
      identity: [one],
    });
    expect(region.along("aws:SourceVpce").values).to.include("vpce-1");
  });
});

describe("an account that a Principal names", () => {
  it("has a requester of its own", () => {
    const named = policy({ Effect: "Allow", Principal: { AWS: "444455556666" }, Action: "*", Resource: "*" });
    expect(requesterClasses([named], { accounts: [account] }).map((one) => one.account)).to.include(
      "444455556666",
    );
  });
});
