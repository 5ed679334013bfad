import { expect } from "chai";
import fc from "fast-check";
import { validateMirrorTarget } from "../../../components/mirrorTarget/validate";
import { someTarget } from "../mirrorTarget/someTarget";
import { wrongTargets } from "../mirrorTarget/wrongTargets";
import { problemsOf, type Values } from "./entries";

/** The same arguments as the configuration of a stack; the account is no part of it. */
function asConfig(role: string, { region, accountId: _, ...rest }: Values): Values {
  return { role, "aws:region": region, ...rest };
}

/** Expects the configuration to be refused for one of the keys that were changed. */
function expectRefusal(config: Values, changes: object): void {
  const lines = problemsOf(config);
  expect(lines).not.to.deep.equal([]);
  const keys = Object.keys(changes).map((key) => (key === "region" ? "aws:region" : `git-airlock:${key}`));
  for (const line of lines) expect(keys.some((key) => line.startsWith(key))).to.equal(true, line);
}

describe("the configuration refuses whatever the component would", () => {
  it("while it takes what the component takes", () => {
    const { pushSourceAddresses, ...target } = someTarget();
    expect(problemsOf(asConfig("target", { ...target, pushSourceAddresses }))).to.deep.equal([]);
  });

  const leftToTheDeployment = [
    "an account id of eleven digits",
    "a break-glass role of another account",
    // A list that is empty is not given: the addresses come from the source stack, the deployer is whoever deploys.
    "no push source",
    "no deployer",
    "no credential epoch",
  ];
  for (const [what, changes] of wrongTargets) {
    if (leftToTheDeployment.includes(what)) continue;
    it(`target: ${what}`, () => {
      expectRefusal(asConfig("target", { ...someTarget(changes) }), changes);
    });
  }

  it("for any repositories and prefix", () => {
    const word = fc.constantFrom(
      "a",
      "A",
      "b",
      "a.b",
      "x-a.b",
      "x",
      ".git",
      "..",
      "a/b",
      "A/b",
      "a/b/c",
      "x/a",
    );
    const repository = fc.record({ gitlabProject: word, name: word }, { requiredKeys: ["gitlabProject"] });
    const repositories = fc.array(repository, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(repositories, fc.option(word, { nil: undefined }), (list, repositoryPrefix) => {
        const args = someTarget({ repositories: list, repositoryPrefix });
        const isRefused = problemsOf(asConfig("target", { ...args })).length > 0;
        expect(isRefused).to.equal(validateMirrorTarget("target", args).length > 0);
      }),
      { numRuns: 1000 },
    );
  });
});
