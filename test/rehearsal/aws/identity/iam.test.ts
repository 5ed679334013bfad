import { expect } from "chai";
import { Iam } from "../../../../rehearsal/aws/identity/iam";
import { account, accountId, make, refused, text, trust } from "../make";

const user = "aws:iam/user:User";
const policy = "aws:iam/policy:Policy";
const attachment = "aws:iam/userPolicyAttachment:UserPolicyAttachment";
const credential = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";
const role = "aws:iam/role:Role";
const git = { userName: "push", serviceName: "codecommit.amazonaws.com" };

function document(resource = "*", sid = ""): string {
  const Statement = [{ Sid: sid, Effect: "Allow", Action: "codecommit:GitPull", Resource: resource }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** A valid document whose size, as IAM counts, is exactly this. */
function documentOfSize(size: number): string {
  const arn = "arn:aws:codecommit:ap-northeast-1:123456789012:";
  return document(arn + "x".repeat(size - document(arn).length));
}

describe("the stand-in IAM", () => {
  let iam: Iam;
  beforeEach(async () => {
    iam = Iam.of(account());
    await make(iam, user, "push-user", { name: "push" });
  });

  describe("users", () => {
    it("have the ARN of their account, path and name", async () => {
      const made = await make(iam, user, "u", { name: "pull", path: "/gate/" });
      expect(made.outputs["arn"]).to.equal(`arn:aws:iam::${accountId}:user/gate/pull`);
      expect(made.id).to.equal("pull");
    });

    it("cannot have a name that differs from another only in case", async () => {
      await refused("EntityAlreadyExists", make(iam, user, "u", { name: "PUSH" }));
    });

    it("cannot have a name of 65 characters, or one with a space", async () => {
      await make(iam, user, "u", { name: "x".repeat(64) });
      await refused("ValidationError", make(iam, user, "u", { name: "x".repeat(65) }));
      await refused("ValidationError", make(iam, user, "u", { name: "push user" }));
    });

    it("cannot have a path without slashes around it", async () => {
      expect(await refused("ValidationException", make(iam, user, "u", { path: "gate" }))).to.contain("path");
    });
  });

  describe("policies of users", () => {
    it("are listed", async () => {
      const made = await make(iam, policy, "p", { name: "managed", policy: document("*", "Managed") });
      await make(iam, attachment, "a", { user: "push", policyArn: made.outputs["arn"] });
      expect(iam.policiesOf("push")).to.deep.equal([{ name: "managed", document: document("*", "Managed") }]);
    });

    it("may be given as an object, which becomes text", async () => {
      const object: unknown = JSON.parse(document());
      const made = await make(iam, policy, "p", { policy: object });
      expect(made.outputs["policy"]).to.equal(document());
    });

    it("hold 6,144 characters and not one more", async () => {
      await make(iam, policy, "full", { policy: documentOfSize(6_144) });
      const message = await refused(
        "LimitExceeded",
        make(iam, policy, "over", { policy: documentOfSize(6_145) }),
      );
      expect(message).to.contain("PolicySize: 6144");
    });

    it("are ten at most", async () => {
      const arns: string[] = [];
      for (let i = 0; i < 11; i++)
        arns.push(text(await make(iam, policy, `p${i}`, { policy: document() }), "arn"));
      for (const policyArn of arns.slice(0, 10))
        await make(iam, attachment, policyArn, { user: "push", policyArn });
      const eleventh = make(iam, attachment, "a", { user: "push", policyArn: arns[10] });
      expect(await refused("LimitExceeded", eleventh)).to.contain("PoliciesPerUser: 10");
    });

    it("cannot be attached when they or the user do not exist", async () => {
      const policyArn = `arn:aws:iam::${accountId}:policy/gone`;
      await refused("NoSuchEntity", make(iam, attachment, "a", { user: "push", policyArn }));
      const known = "arn:aws:iam::aws:policy/AWSCodeCommitReadOnly";
      await refused("NoSuchEntity", make(iam, attachment, "a", { user: "nobody", policyArn: known }));
    });

    it("are refused when they are malformed", async () => {
      await refused("MalformedPolicyDocument", make(iam, policy, "p", { policy: "{}" }));
    });
  });

  describe("git credentials", () => {
    it("look like AWS's and authenticate their user", async () => {
      const made = await make(iam, credential, "c", git);
      expect(made.outputs["serviceUserName"]).to.equal(`push-at-${accountId}`);
      expect(made.outputs["servicePassword"]).to.match(/^[A-Za-z0-9+/]{43}=$/);
      expect(made.outputs["status"]).to.equal("Active");
      const found = iam.authenticate(text(made, "serviceUserName"), text(made, "servicePassword"));
      expect(found).to.include({ userName: "push", arn: `arn:aws:iam::${accountId}:user/push` });
    });

    it("are two at most for each user, under two names", async () => {
      await make(iam, credential, "c1", git);
      const second = await make(iam, credential, "c2", git);
      expect(second.outputs["serviceUserName"]).to.equal(`push+1-at-${accountId}`);
      await refused("LimitExceeded", make(iam, credential, "c3", git));
    });

    it("do not authenticate with another password, another name or none", async () => {
      const made = await make(iam, credential, "c1", git);
      const other = await make(iam, credential, "c2", git);
      expect(iam.authenticate(text(made, "serviceUserName"), text(other, "servicePassword"))).to.equal(
        undefined,
      );
      expect(iam.authenticate("push", text(made, "servicePassword"))).to.equal(undefined);
      expect(iam.authenticate("nobody-at-123456789012", "")).to.equal(undefined);
    });

    it("do not authenticate when they are inactive", async () => {
      const made = await make(iam, credential, "c", { ...git, status: "Inactive" });
      expect(iam.authenticate(text(made, "serviceUserName"), text(made, "servicePassword"))).to.equal(
        undefined,
      );
    });

    it("are for CodeCommit only", async () => {
      await refused(
        "NotSupportedService",
        make(iam, credential, "c", { ...git, serviceName: "s3.amazonaws.com" }),
      );
    });

    it("are for users that exist", async () => {
      await refused("NoSuchEntity", make(iam, credential, "c", { ...git, userName: "nobody" }));
    });

    it("follow from the account's seed and the resource's name", async () => {
      const passwords: string[] = [];
      for (const seed of ["test", "test", "other"]) {
        const fresh = Iam.of(account(seed));
        await make(fresh, user, "u", { name: "push" });
        passwords.push(text(await make(fresh, credential, "c", git), "servicePassword"));
      }
      const [first, again, otherSeed] = passwords;
      expect(first).to.equal(again).and.not.equal(otherSeed);
    });
  });

  describe("roles", () => {
    it("can be assumed by whom their trust policy names", async () => {
      const made = await make(iam, role, "r", { name: "host", assumeRolePolicy: trust("ec2") });
      expect(iam.assumableBy(text(made, "arn"), "ec2.amazonaws.com")).to.equal(true);
      expect(iam.assumableBy(text(made, "arn"), "ecs-tasks.amazonaws.com")).to.equal(false);
    });

    it("get a name from their logical name when they have none", async () => {
      const made = await make(iam, role, "gitlab-host", { assumeRolePolicy: trust("ec2") });
      expect(made.outputs["name"]).to.match(/^gitlab-host-[0-9a-f]{7}$/);
    });

    it("are refused when that name gets too long", async () => {
      await refused("ValidationError", make(iam, role, "x".repeat(60), { assumeRolePolicy: trust("ec2") }));
    });

    it("hold 10,240 characters inline, all policies together", async () => {
      await make(iam, role, "r", { name: "host", assumeRolePolicy: trust("ec2") });
      const inline = "aws:iam/rolePolicy:RolePolicy";
      await make(iam, inline, "a", { role: "host", name: "a", policy: documentOfSize(10_240) });
      await refused("LimitExceeded", make(iam, inline, "b", { role: "host", name: "b", policy: document() }));
    });

    it("hold a trust policy of 2,048 characters", async () => {
      const Principal = { Service: Array.from({ length: 100 }, (_, i) => `service${i}.amazonaws.com`) };
      const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
      const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement });
      await refused("LimitExceeded", make(iam, role, "r", { assumeRolePolicy }));
    });

    it("must exist before an instance profile holds them", async () => {
      const profile = "aws:iam/instanceProfile:InstanceProfile";
      await refused("NoSuchEntity", make(iam, profile, "p", { role: "host" }));
      await make(iam, role, "r", { name: "host", assumeRolePolicy: trust("ec2") });
      const made = await make(iam, profile, "p", { role: "host" });
      expect(iam.instanceProfile(made.id)).to.include({ roleName: "host" });
    });

    it("include the one that deploys, from the start", async () => {
      expect(iam.hasRole(`arn:aws:iam::${accountId}:role/deployer`)).to.equal(true);
      await refused(
        "EntityAlreadyExists",
        make(iam, role, "r", { name: "deployer", assumeRolePolicy: trust("ec2") }),
      );
    });
  });
});
