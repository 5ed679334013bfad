import { expect } from "chai";
import { verify } from "../../../isolation/claims/verify";
import { readDeployment } from "../../../isolation/model/readDeployment";
import { readStackExport } from "../../../isolation/model/stackExport";
import { goodExports, type Exports } from "../exports";

const account = "222222222222";
const arnOf = (name: string) => `arn:aws:iam::${account}:${name}`;
const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

/** A policy of the organization, attached to something; its type is that of service control policies where none is given. */
function attach(exports: Exports, content: string, targetId = account, type?: string): void {
  const name = `control-${targetId}`;
  const id = `p-${name}`;
  exports.target.add("organizations.Policy", name, { content, ...(type && { type }) }, id);
  exports.target.add("organizations.PolicyAttachment", name, { policyId: id, targetId });
}

function exported(exports: Exports): string {
  return String(exports.target.root.outputs.serviceControlPolicy);
}

/** Denies every write on CodeCommit to all but these. */
function resourceControl(...writers: string[]): string {
  return document({
    Effect: "Deny",
    Principal: "*",
    NotAction: [
      "codecommit:Get*",
      "codecommit:List*",
      "codecommit:BatchGet*",
      "codecommit:Describe*",
      "codecommit:GitPull",
    ],
    Resource: "*",
    Condition: { ArnNotLike: { "aws:PrincipalArn": writers } },
  });
}

async function verdictOn(claim: "C1" | "C4", change: (exports: Exports) => void) {
  const exports = await goodExports();
  exports.declared = {};
  change(exports);
  const { status, summary } = exports.verdictOn(claim);
  return { status, summary };
}

describe("a policy of the organization that a stack shows", () => {
  it("proves who writes, where it is the exported one and attached to the account", async () => {
    const { status } = await verdictOn("C4", (exports) => {
      attach(exports, exported(exports));
    });
    expect(status).to.equal("proved");
  });

  it("proves who writes, where a stack of the organization's own attaches it", async () => {
    const exports = await goodExports();
    const properties = { content: exported(exports), type: "SERVICE_CONTROL_POLICY" };
    const entry = (type: string, id: string, outputs: object) => ({
      urn: `urn:pulumi:org::git-airlock::${type}::airlock`,
      type,
      id,
      custom: true,
      inputs: outputs,
      outputs,
    });
    const organization = readStackExport(
      {
        version: 3,
        deployment: {
          resources: [
            entry("aws:organizations/policy:Policy", "p-1", properties),
            entry("aws:organizations/policyAttachment:PolicyAttachment", "p-1:1", {
              policyId: "p-1",
              targetId: account,
            }),
          ],
        },
      },
      "org",
    );
    const { verdicts } = verify(
      readDeployment({
        source: readStackExport(exports.exported("source"), "dev"),
        target: readStackExport(exports.exported("target"), "prd"),
        organization,
      }),
    );
    expect(verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
  });

  it("proves who writes as a resource control policy, which binds the root user too", async () => {
    const { status } = await verdictOn("C4", (exports) => {
      const content = resourceControl(arnOf("role/deployer"), arnOf("user/target-push"));
      attach(exports, content, account, "RESOURCE_CONTROL_POLICY");
    });
    expect(status).to.equal("proved");
  });

  it("proves who writes, where the state shows the account in the unit that it is attached to", async () => {
    const { status } = await verdictOn("C4", (exports) => {
      attach(exports, exported(exports), "ou-root-unit");
      exports.target.add("organizations.Account", "prd", { parentId: "ou-root-unit" }, account);
    });
    expect(status).to.equal("proved");
  });

  const deploy = 'run "pulumi up --stack org", which attaches the exported policies';
  const again = 'Run "pulumi up --stack org" again';
  for (const [what, step, change] of [
    [
      "attached to another account",
      deploy,
      (exports: Exports) => {
        attach(exports, exported(exports), "333333333333");
      },
    ],
    [
      "attached to a unit that the account may not be in",
      deploy,
      (exports: Exports) => {
        attach(exports, exported(exports), "ou-a");
      },
    ],
    [
      "one that spares more than the declared writers",
      again,
      (exports: Exports) => {
        const writers = [arnOf("role/*"), arnOf("user/target-push")];
        attach(exports, resourceControl(...writers), account, "RESOURCE_CONTROL_POLICY");
      },
    ],
    [
      "one that is about something else",
      again,
      (exports: Exports) => {
        attach(exports, document({ Effect: "Deny", Action: "s3:*", Resource: "*" }));
      },
    ],
    [
      "one of before a repository was added",
      again,
      (exports: Exports) => {
        const later = exported(exports).replace(/"arn:aws:codecommit:[^"]*:platform\.app",/, "");
        expect(later).not.to.equal(exported(exports));
        attach(exports, later);
      },
    ],
    [
      "attached in an organization that the account itself manages",
      "move the target into a member account",
      (exports: Exports) => {
        attach(exports, exported(exports));
        exports.target.root.outputs.managementAccountId = account;
      },
    ],
  ] as const)
    it(`leaves who writes pending, where it is ${what}, and says what to do`, async () => {
      const { status, summary } = await verdictOn("C4", change);
      expect(status).to.equal("pending");
      expect(summary).to.contain(step);
    });

  for (const [kind, type, who] of [
    ["service", undefined, {}],
    ["resource", "RESOURCE_CONTROL_POLICY", { Principal: "*" }],
  ] as const)
    it(`refutes that code goes in, where a ${kind} control policy denies the pull user what it needs`, async () => {
      const { status, summary } = await verdictOn("C1", (exports) => {
        const content = document({ Effect: "Deny", Action: "codecommit:GitPull", Resource: "*", ...who });
        attach(exports, content, account, type);
      });
      expect(status).to.equal("refuted");
      expect(summary).to.contain(`${kind} control policy`);
    });

  it("leaves open that code goes in, where it hangs on what no stack shows", async () => {
    const { status } = await verdictOn("C1", (exports) => {
      const Condition = { StringNotEquals: { "aws:PrincipalOrgID": "o-1234567890" } };
      const content = document({
        Effect: "Deny",
        Principal: "*",
        Action: "codecommit:*",
        Resource: "*",
        Condition,
      });
      attach(exports, content, account, "RESOURCE_CONTROL_POLICY");
    });
    expect(status).to.equal("unknown");
  });

  it("is not asked about another account", async () => {
    const { status } = await verdictOn("C1", (exports) => {
      attach(exports, document({ Effect: "Deny", Action: "*", Resource: "*" }), "333333333333");
    });
    expect(status).to.equal("proved");
  });
});
