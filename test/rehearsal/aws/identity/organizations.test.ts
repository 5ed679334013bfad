import { expect } from "chai";
import { Account } from "../../../../rehearsal/aws/account";
import type { AccountOptions } from "../../../../rehearsal/aws/accountContext";
import { account, make, refused, text } from "../make";

const member = "222222222222";
const policyType = "aws:organizations/policy:Policy";
const attachmentType = "aws:organizations/policyAttachment:PolicyAttachment";
const enabledPolicyTypes = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const deny = { Effect: "Deny", Action: "codecommit:GitPush", Resource: "*" };
const denyEverybody = { ...deny, Principal: "*" };

function managementAccount(changes: Partial<NonNullable<AccountOptions["organization"]>> = {}): Account {
  const organization = {
    memberAccountIds: [member],
    enabledPolicyTypes,
    featureSet: "ALL",
    ...changes,
  } as const;
  return new Account({ accountId: "333333333333", region: "ap-northeast-1", seed: "test", organization });
}

describe("an organization", () => {
  it("holds policies that bind the accounts that they are attached to", async () => {
    const aws = managementAccount();
    const policy = await make(aws, policyType, "lock", { content: document(deny) });
    expect(policy.id).to.match(/^p-[0-9a-z]{10}$/);
    expect(text(policy, "arn")).to.match(
      new RegExp(
        `^arn:aws:organizations::333333333333:policy/o-\\w{10}/service_control_policy/${policy.id}$`,
      ),
    );
    const { id } = await make(aws, attachmentType, "lock", { policyId: policy.id, targetId: member });
    expect(id).to.equal(`${member}:${policy.id}`);
    const attached = (accountId: string, type: "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY") =>
      aws.organizations.attachedTo(accountId, type).map((one) => one.document);
    expect(attached(member, "SERVICE_CONTROL_POLICY")).to.deep.equal([document(deny)]);
    expect(attached(member, "RESOURCE_CONTROL_POLICY")).to.deep.equal([]);
    expect(attached("444444444444", "SERVICE_CONTROL_POLICY")).to.deep.equal([]);
  });

  it("tells its members, its root and the policy types that are enabled", () => {
    const told = managementAccount().call("aws:organizations/getOrganization:getOrganization", {});
    expect(told).to.deep.include({ masterAccountId: "333333333333", featureSet: "ALL", enabledPolicyTypes });
    expect(told["roots"]).to.have.nested.property("[0].policyTypes[0].status", "ENABLED");
    expect(told["nonMasterAccounts"]).to.have.nested.property("[0].id", member);
  });

  it("is not asked for by an account that is in none", async () => {
    await refused(
      "AWSOrganizationsNotInUseException",
      make(account(), policyType, "lock", { content: document(deny) }),
    );
    expect(() => account().call("aws:organizations/getOrganization:getOrganization", {})).to.throw(
      /AWSOrganizationsNotInUseException/,
    );
  });

  describe("refuses", () => {
    for (const [what, inputs, says] of [
      ["what is no policy", { content: "{" }, /not valid JSON/],
      ["a principal in a service control policy", { content: document(denyEverybody) }, /principal/],
      [
        "a resource control policy without one",
        { type: "RESOURCE_CONTROL_POLICY", content: document(deny) },
        /Principal/,
      ],
      [
        "a resource control policy that allows",
        { type: "RESOURCE_CONTROL_POLICY", content: document({ ...denyEverybody, Effect: "Allow" }) },
        /RCPFullAWSAccess/,
      ],
      [
        "one that names a principal",
        {
          type: "RESOURCE_CONTROL_POLICY",
          content: document({ ...deny, Principal: { AWS: "arn:aws:iam::222222222222:role/x" } }),
        },
        /Principal must be "\*"/,
      ],
      [
        "one with NotAction",
        {
          type: "RESOURCE_CONTROL_POLICY",
          content: document({ Effect: "Deny", Principal: "*", NotAction: "codecommit:Get*", Resource: "*" }),
        },
        /NotAction is not supported/,
      ],
      [
        "one about every service",
        { type: "RESOURCE_CONTROL_POLICY", content: document({ ...denyEverybody, Action: "*" }) },
        /names its service/,
      ],
    ] as const)
      it(what, async () => {
        const message = await refused(
          "MalformedPolicyDocumentException",
          make(managementAccount(), policyType, "lock", inputs),
        );
        expect(message).to.match(says);
      });

    it("a policy that is too long", async () => {
      const many = Array.from({ length: 400 }, (_, i) => `codecommit:Get${i}`);
      const content = document({ ...denyEverybody, Action: many });
      const inputs = { type: "RESOURCE_CONTROL_POLICY", content };
      await refused("ConstraintViolationException", make(managementAccount(), policyType, "lock", inputs));
    });

    it("a second policy of a name, and a second attachment of a policy", async () => {
      const aws = managementAccount();
      const inputs = { name: "lock", content: document(deny) };
      const { id: policyId } = await make(aws, policyType, "one", inputs);
      await refused("DuplicatePolicyException", make(aws, policyType, "two", inputs));
      await make(aws, attachmentType, "one", { policyId, targetId: member });
      await refused(
        "DuplicatePolicyAttachmentException",
        make(aws, attachmentType, "two", { policyId, targetId: member }),
      );
    });

    it("to attach what does not exist, or to what does not", async () => {
      const aws = managementAccount();
      await refused(
        "PolicyNotFoundException",
        make(aws, attachmentType, "lock", { policyId: "p-none", targetId: member }),
      );
      const { id: policyId } = await make(aws, policyType, "lock", { content: document(deny) });
      await refused(
        "TargetNotFoundException",
        make(aws, attachmentType, "lock", { policyId, targetId: "444444444444" }),
      );
    });

    it("to attach a policy of a type that is not enabled", async () => {
      const aws = managementAccount({ enabledPolicyTypes: ["SERVICE_CONTROL_POLICY"] });
      const inputs = { type: "RESOURCE_CONTROL_POLICY", content: document(denyEverybody) };
      const { id: policyId } = await make(aws, policyType, "lock", inputs);
      await refused(
        "PolicyTypeNotEnabledException",
        make(aws, attachmentType, "lock", { policyId, targetId: member }),
      );
    });

    it("more policies of a type on an account than AWS lets it have, its own counted", async () => {
      const aws = managementAccount();
      const attach = async (name: string) => {
        const { id: policyId } = await make(aws, policyType, name, {
          type: "RESOURCE_CONTROL_POLICY",
          content: document(denyEverybody),
        });
        return make(aws, attachmentType, name, { policyId, targetId: member });
      };
      for (const name of ["1", "2", "3", "4"]) await attach(name);
      await refused("ConstraintViolationException", attach("5"));
    });
  });
});
