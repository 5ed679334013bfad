import { expect } from "chai";
import fc from "fast-check";
import { airlockArns } from "../../../components/mirrorTarget/airlockRepositories";
import type { PolicyDocument } from "../../../components/mirrorTarget/policyDocuments";
import { targetServiceControlPolicy } from "../../../components/mirrorTarget/targetPolicies";
import { account, manyRepositories, region, someTarget } from "./someTarget";

/** The statement on repositories, and the one on the gate users. */
function statements(text: string) {
  const { Statement: all } = JSON.parse(text) as PolicyDocument;
  expect(all).to.have.lengthOf(2);
  return { onRepositories: all[0], onUsers: all[1] };
}

describe("the service control policy", () => {
  it("denies all but reading to everyone but the push user, the deployers and the break-glass roles", () => {
    const args = someTarget({
      deployerArns: [`arn:aws:sts::${account}:assumed-role/deployer/alice`],
      breakGlassArns: [`arn:aws:iam::${account}:role/security/break-glass`],
    });
    expect(statements(targetServiceControlPolicy("airlock", args)).onRepositories).to.deep.equal({
      Sid: "OnlyWritersChangeTheAirlock",
      Effect: "Deny",
      NotAction: [
        "codecommit:BatchGet*",
        "codecommit:Describe*",
        "codecommit:Get*",
        "codecommit:GitPull",
        "codecommit:List*",
      ],
      Resource: airlockArns(args),
      Condition: {
        ArnNotLike: {
          "aws:PrincipalArn": [
            `arn:aws:iam::${account}:role/deployer`,
            `arn:aws:iam::${account}:role/security/break-glass`,
            `arn:aws:iam::${account}:user/airlock-push`,
          ],
        },
      },
    });
  });

  it("never names the pull user a writer", () => {
    const { onRepositories, onUsers } = statements(targetServiceControlPolicy("airlock", someTarget()));
    for (const statement of [onRepositories, onUsers])
      expect(JSON.stringify(statement?.Condition)).not.to.contain("airlock-pull");
  });

  it("keeps everybody but the deployers from the gate users, whatever they would do with them", () => {
    const args = someTarget({ breakGlassArns: [`arn:aws:iam::${account}:role/break-glass`] });
    expect(statements(targetServiceControlPolicy("airlock", args)).onUsers).to.deep.equal({
      Sid: "OnlyDeployersChangeGateUsers",
      Effect: "Deny",
      NotAction: ["iam:Get*", "iam:List*", "iam:Simulate*"],
      Resource: [`arn:aws:iam::${account}:user/airlock-push`, `arn:aws:iam::${account}:user/airlock-pull`],
      Condition: { ArnNotLike: { "aws:PrincipalArn": [`arn:aws:iam::${account}:role/deployer`] } },
    });
  });

  it("covers every repository within 10,240 characters, however many there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), (count) => {
        const args = someTarget({ repositories: manyRepositories(count) });
        const text = targetServiceControlPolicy("airlock", args);
        expect(text.length).to.be.at.most(10_240);
        const resources = statements(text).onRepositories?.Resource ?? [];
        const everything = `arn:aws:codecommit:${region}:${account}:*`;
        if (!resources.includes(everything)) expect(resources).to.deep.equal(airlockArns(args));
      }),
    );
  });

  it("says in its id when it had to speak of every repository", () => {
    const of = (count: number) => {
      const args = someTarget({ repositories: manyRepositories(count) });
      return statements(targetServiceControlPolicy("airlock", args)).onRepositories;
    };
    const [few, many] = [of(100), of(170)];
    expect(few?.Sid).to.equal("OnlyWritersChangeTheAirlock");
    expect(many?.Sid).to.equal("OnlyWritersChangeAnyRepository");
    expect(many?.Resource).to.deep.equal([`arn:aws:codecommit:${region}:${account}:*`]);
  });

  it("speaks of the prefix where there is one", () => {
    const args = someTarget({ repositories: manyRepositories(1000), repositoryPrefix: "airlock" });
    expect(statements(targetServiceControlPolicy("airlock", args)).onRepositories?.Resource).to.deep.equal([
      `arn:aws:codecommit:${region}:${account}:airlock-*`,
    ]);
  });
});
