import { expect } from "chai";
import fc from "fast-check";
import { actionMatches, arnMatches, globMatches } from "../../../isolation/iam/match";

/** The definition of a glob, by trying everything. Exponential: for short texts only. */
function globByDefinition(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const rest = pattern.slice(1);
  if (pattern.startsWith("*")) {
    return globByDefinition(rest, text) || (text !== "" && globByDefinition(pattern, text.slice(1)));
  }
  return (
    text !== "" &&
    (pattern.startsWith("?") || pattern[0] === text[0]) &&
    globByDefinition(rest, text.slice(1))
  );
}

describe("wildcards", () => {
  it("let * cross colons and slashes, and stand for nothing", () => {
    expect(globMatches("arn:aws:codecommit:*", "arn:aws:codecommit:eu-west-1:111122223333:app")).to.equal(
      true,
    );
    expect(globMatches("refs/*/main", "refs/heads/team/main")).to.equal(true);
    expect(globMatches("app*", "app")).to.equal(true);
  });

  it("let ? stand for exactly one character, be it outside the basic plane", () => {
    expect(globMatches("app-?", "app-1")).to.equal(true);
    expect(globMatches("app-?", "app-")).to.equal(false);
    expect(globMatches("app-?", "app-12")).to.equal(false);
    expect(globMatches("refs/heads/?", "refs/heads/🔒")).to.equal(true);
  });

  it("cover the whole text, case by case", () => {
    expect(globMatches("app", "my-app")).to.equal(false);
    expect(globMatches("app", "app-2")).to.equal(false);
    expect(globMatches("App*", "app-2")).to.equal(false);
  });

  it("take the text's own * for a character like any other", () => {
    expect(globMatches("a?c", "a*c")).to.equal(true);
    expect(globMatches("abc", "a*c")).to.equal(false);
    expect(globMatches("*b", "*ab")).to.equal(true);
  });

  it("agree with the definition of a glob on every short text", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 7 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 7 });
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        expect(globMatches(p, t)).to.equal(globByDefinition(p, t));
      }),
      { numRuns: 3000 },
    );
  });

  it("finish on patterns that would stall a backtracking matcher", () => {
    expect(globMatches("a*".repeat(200) + "b", "a".repeat(5000))).to.equal(false);
  });
});

describe("an action pattern", () => {
  // "The prefix and the action name are case insensitive."
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
  it("ignores case in prefix and name", () => {
    expect(actionMatches("CodeCommit:gitPULL", "codecommit:GitPull")).to.equal(true);
    expect(actionMatches("codecommit:git*", "codecommit:GitPush")).to.equal(true);
  });

  it("covers no other service's action of the same name", () => {
    expect(actionMatches("codecommit:*", "codebuild:GitPull")).to.equal(false);
  });
});

describe("an ARN pattern in a condition", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
  it("does not let * cross from one component into the next", () => {
    const pattern = "arn:aws:someservice:*:111122223333:finance/*";
    const value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    expect(globMatches(pattern, value)).to.equal(true);
    expect(arnMatches(pattern, value)).to.equal(false);
    expect(arnMatches(pattern, "arn:aws:someservice:us-east-2:111122223333:finance/document.txt")).to.equal(
      true,
    );
  });

  it("lets * cover colons within the resource, which is one component", () => {
    expect(arnMatches("arn:aws:sns:*:*:a*c", "arn:aws:sns:r:1:a:b:c")).to.equal(true);
  });

  it("matches nothing that is not an ARN", () => {
    expect(arnMatches("arn:*:*:*:*:*", "arn:aws:iam::111122223333")).to.equal(false);
  });
});
