import { expect } from "chai";
import { verify } from "../../../isolation/claims/verify";
import type { ClaimId } from "../../../isolation/claims";
import type { Status } from "../../../isolation/verdict";
import { UNKNOWN, type Statement } from "../../weakenings/editor";
import { goodExports, type Exports } from "../exports";

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

type Change = (exports: Exports) => void;
type Open = [what: string, claims: ClaimId[], names: string, change: Change];

async function decided(change: Change): Promise<Map<ClaimId, { status: Status; text: string }>> {
  const exports = await goodExports();
  change(exports);
  const { verdicts } = exports.report();
  return new Map(
    verdicts.map(({ claim, status, summary, reasons }) => [
      claim,
      { status, text: [summary, ...reasons].join("\n") },
    ]),
  );
}

const unreadable = (statements: Statement[]) =>
  statements.map((one) => ({ ...one, Condition: { NumericLessThan: { "aws:Strange": "1" } } }));

const looseTopic = "arn:aws:sns:ap-northeast-1:222222222222:loose";

/** A topic that hears of every push. */
function tellLooseTopic(exports: Exports, properties: Record<string, unknown> = {}): void {
  exports.target.add("sns.Topic", "loose", { arn: looseTopic, ...properties });
  exports.target.add("codecommit.Trigger", "loose", {
    repositoryName: "platform.app",
    triggers: [{ name: "all", events: ["all"], destinationArn: looseTopic }],
  });
}

describe("a claim that rests on what is not shown", () => {
  const open: Open[] = [
    [
      "a policy of the stack may be attached to anyone",
      ["C2", "C3", "C4", "C9", "C12"],
      "PolicyAttachment::loose",
      (exports) => {
        exports.target.add("iam.PolicyAttachment", "loose", {
          users: UNKNOWN,
          policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        });
      },
    ],
    [
      "an inline policy's user is not known",
      ["C2", "C3", "C4", "C9", "C12"],
      "UserPolicy::loose",
      (exports) => {
        exports.target.add("iam.UserPolicy", "loose", { user: UNKNOWN, policy: everything });
      },
    ],
    [
      "an access key's user is not known",
      ["C9"],
      "AccessKey::loose",
      (exports) => {
        exports.target.add("iam.AccessKey", "loose", { user: UNKNOWN });
      },
    ],
    [
      "another provider may make policies",
      ["C2", "C3", "C4", "C9", "C12"],
      "aws-native:iam:UserPolicy",
      (exports) => {
        exports.target.add("aws-native:iam:UserPolicy", "loose");
      },
    ],
    [
      "the push policy is not understood",
      ["C1", "C2", "C9", "C12"],
      "Condition.NumericLessThan",
      (exports) => {
        exports.target.statements("iam.Policy", "target-push-policy-1", unreadable);
      },
    ],
    [
      "the endpoint's policy is not known",
      ["C1", "C5", "C6"],
      "VpcEndpoint::target-pull-endpoint",
      (exports) => {
        exports.target.change("ec2.VpcEndpoint", "target-pull-endpoint", { policy: UNKNOWN });
      },
    ],
    [
      "a role's trust is not known",
      ["C9"],
      "Role::loose",
      (exports) => {
        const arn = "arn:aws:iam::222222222222:role/loose";
        exports.target.add("iam.Role", "loose", { name: "loose", arn, assumeRolePolicy: UNKNOWN });
      },
    ],
    [
      "something that no reader knows may carry content",
      ["C10"],
      "Flow::loose",
      (exports) => {
        exports.target.add("appflow.Flow", "loose");
      },
    ],
    [
      "a state machine may call whatever its role lets it",
      ["C10"],
      "StateMachine::loose",
      (exports) => {
        exports.target.add("sfn.StateMachine", "loose");
      },
    ],
    ...["SNS:Subscribe", "sns:*", "*"].map((Action): Open => [
      `others may do ${Action} with a topic that a repository's trigger tells`,
      ["C10"],
      "::loose",
      (exports) => {
        const others = { Effect: "Allow", Principal: "*", Action: ["sns:Publish", Action], Resource: "*" };
        tellLooseTopic(exports);
        exports.target.add("sns.TopicPolicy", "loose", {
          arn: looseTopic,
          policy: JSON.stringify({ Version: "2012-10-17", Statement: [others] }),
        });
      },
    ]),
    [
      "others may do all but one thing with a topic that a repository's trigger tells",
      ["C10"],
      "::loose",
      (exports) => {
        const others = { Effect: "Allow", Principal: "*", NotAction: "sns:DeleteTopic", Resource: "*" };
        const policy = JSON.stringify({ Version: "2012-10-17", Statement: others });
        tellLooseTopic(exports, { policy });
      },
    ],
    [
      "it is not known who may do what with a topic that a repository's trigger tells",
      ["C10"],
      "::loose",
      (exports) => {
        tellLooseTopic(exports);
        exports.target.add("sns.TopicPolicy", "loose", { policy: UNKNOWN });
      },
    ],
    [
      "it is not known whom a topic tells, and a repository's trigger tells the topic",
      ["C10"],
      "::loose",
      (exports) => {
        tellLooseTopic(exports);
        exports.target.add("sns.TopicSubscription", "loose", { topic: looseTopic });
      },
    ],
    [
      "the service control policy is attached, and not shown",
      ["C4"],
      "serviceControlPolicy",
      (exports) => {
        delete exports.target.root.outputs.serviceControlPolicy;
      },
    ],
  ];

  for (const [what, claims, names, change] of open) {
    it(`is unknown and names it where ${what}`, async () => {
      const verdicts = await decided(change);
      for (const claim of claims) {
        const verdict = verdicts.get(claim);
        expect(verdict?.status, claim).to.equal("unknown");
        expect(verdict?.text, claim).to.contain(names);
      }
    });
  }

  it("leaves claims about the pull user alone where only the push policy is not understood", async () => {
    const verdicts = await decided((exports) => {
      exports.target.statements("iam.Policy", "target-push-policy-1", unreadable);
    });
    expect(verdicts.get("C3")?.status).to.equal("proved");
  });

  it("leaves gate users alone where only a role's policy is not understood", async () => {
    const verdicts = await decided((exports) => {
      exports.target.add("iam.Role", "ci", {
        name: "ci",
        arn: "arn:aws:iam::222222222222:role/ci",
        assumeRolePolicy: everything.replace(
          '"Action"',
          '"Principal":{"Service":"ec2.amazonaws.com"},"Action"',
        ),
      });
      exports.target.add("iam.RolePolicy", "ci", { role: "ci", policy: UNKNOWN });
    });
    const statuses = ["C2", "C3", "C4", "C9", "C12"] as const;
    expect(statuses.map((claim) => verdicts.get(claim)?.status)).to.deep.equal([
      "proved",
      "proved",
      "unknown",
      "proved",
      "proved",
    ]);
  });

  it("needs the service control policy, and says in one sentence what to do", async () => {
    const verdicts = await decided((exports) => {
      exports.declared = {};
    });
    const open = [...verdicts].filter(([, { status }]) => status !== "proved");
    expect(open.map(([claim, { status }]) => `${claim} ${status}`)).to.deep.equal(["C4 pending"]);
    expect(open[0]?.[1].text).to.contain('"pulumi up --stack org"');
  });
});

describe("what is not known in one place", () => {
  const anyAddress = (statements: Statement[]) =>
    statements.flatMap(({ Condition, ...rest }) => (Condition && rest.Effect === "Deny" ? [] : [rest]));

  it("hides no access key of a user whose policy is not understood", async () => {
    const verdicts = await decided((exports) => {
      exports.target.statements("iam.Policy", "target-push-policy-1", unreadable);
      exports.target.add("iam.AccessKey", "key", { user: "target-push" });
    });
    expect(verdicts.get("C9")?.status).to.equal("refuted");
  });

  it("hides no writer behind a role that cannot be read", async () => {
    const verdicts = await decided((exports) => {
      exports.declared = {};
      for (const name of ["strange", "writer"]) {
        exports.target.add("iam.User", name, {
          name,
          arn: `arn:aws:iam::222222222222:user/${name}`,
        });
      }
      exports.target.add("iam.UserPolicy", "strange", { user: "strange", policy: UNKNOWN });
      exports.target.add("iam.UserPolicy", "writer", { user: "writer", policy: everything });
    });
    expect(verdicts.get("C4")?.status).to.equal("refuted");
    expect(verdicts.get("C4")?.text).to.contain("user/writer");
  });

  it("hides no writer of the source's stack where both sides share an account", async () => {
    const exports = await goodExports();
    exports.declared = {};
    exports.source.add("iam.User", "writer", {
      name: "writer",
      arn: "arn:aws:iam::222222222222:user/writer",
    });
    exports.source.add("iam.UserPolicy", "writer", { user: "writer", policy: everything });
    const { source, ...rest } = exports.deployment();
    const decide = (accountId: string) =>
      verify({ ...rest, ...(source && { source: { ...source, accountId } }) }).verdicts.find(
        ({ claim }) => claim === "C4",
      );
    expect(decide("222222222222")?.status).to.equal("refuted");
    expect(decide("111111111111")?.status).to.equal("pending");
  });

  it("hides no push from anywhere behind NAT addresses that are not known", async () => {
    const verdicts = await decided((exports) => {
      for (const name of ["source-network-1", "source-network-2"])
        exports.source.change("ec2.NatGateway", name, { publicIp: UNKNOWN, allocationId: UNKNOWN });
      exports.target.statements("iam.Policy", "target-push-policy-1", anyAddress);
    });
    expect(verdicts.get("C2")?.status).to.equal("refuted");
  });
});
