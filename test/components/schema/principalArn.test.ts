import { expect } from "chai";
import { principalArn } from "../../../components/schema/principalArn";

describe("the ARN that policies see", () => {
  it("is a role's or a user's own, with its path", () => {
    for (const arn of [
      "arn:aws:iam::222222222222:role/ci/deployer",
      "arn:aws:iam::222222222222:user/alice",
    ]) {
      expect(principalArn(arn)).to.equal(arn);
    }
  });

  it("is the role's for a session", () => {
    expect(principalArn("arn:aws:sts::222222222222:assumed-role/deployer/alice@example.com")).to.equal(
      "arn:aws:iam::222222222222:role/deployer",
    );
  });

  it("covers both paths that a role of IAM Identity Center can have", () => {
    expect(
      principalArn("arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice"),
    ).to.equal(
      "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_Admin_0123456789abcdef",
    );
  });

  it("does not exist for the root user, a service, a wildcard or plain nonsense", () => {
    for (const arn of [
      "arn:aws:iam::222222222222:root",
      "arn:aws:iam::222222222222:role/*",
      "arn:aws:iam::*:role/deployer",
      "arn:aws:sts::222222222222:federated-user/alice",
      "codecommit.amazonaws.com",
      "*",
      "",
    ]) {
      expect(principalArn(arn), arn).to.equal(undefined);
    }
  });
});
