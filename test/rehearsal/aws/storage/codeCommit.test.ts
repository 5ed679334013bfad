import { expect } from "chai";
import { CodeCommit } from "../../../../rehearsal/aws/storage/codeCommit";
import { account, accountId, make, refused } from "../make";

const repository = "aws:codecommit/repository:Repository";

describe("the stand-in CodeCommit", () => {
  let codeCommit: CodeCommit;
  beforeEach(() => {
    const context = account();
    codeCommit = CodeCommit.of(context);
  });

  it("makes a repository with an ARN and clone URLs of its region", async () => {
    const made = await make(codeCommit, repository, "r", { repositoryName: "platform-network" });
    expect(made.id).to.equal("platform-network");
    expect(made.outputs).to.include({
      arn: `arn:aws:codecommit:ap-northeast-1:${accountId}:platform-network`,
      cloneUrlHttp: "https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/platform-network",
      cloneUrlSsh: "ssh://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/platform-network",
    });
    expect(made.outputs["repositoryId"]).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("knows the repositories it holds, and no others", async () => {
    await make(codeCommit, repository, "r", { repositoryName: "a", description: "the first" });
    expect(codeCommit.has("a")).to.equal(true);
    expect(codeCommit.has("b")).to.equal(false);
    expect(codeCommit.repositories().map((r) => [r.name, r.description])).to.deep.equal([["a", "the first"]]);
  });

  it("refuses a name twice", async () => {
    await make(codeCommit, repository, "r1", { repositoryName: "a" });
    await refused(
      "RepositoryNameExistsException",
      make(codeCommit, repository, "r2", { repositoryName: "a" }),
    );
  });

  it("takes names of 1 to 100 characters out of the allowed ones", async () => {
    await make(codeCommit, repository, "r", { repositoryName: "x".repeat(100) });
    for (const repositoryName of ["", "x".repeat(101), "platform/network", "a b", "名前", "a.git"]) {
      await refused("InvalidRepositoryNameException", make(codeCommit, repository, "r", { repositoryName }));
    }
  });

  it("takes a description of 1,000 characters and no longer one", async () => {
    await make(codeCommit, repository, "r", { repositoryName: "a", description: "x".repeat(1000) });
    const longer = { repositoryName: "b", description: "x".repeat(1001) };
    await refused("InvalidRepositoryDescriptionException", make(codeCommit, repository, "r", longer));
  });

  it("refuses a default branch, for a new repository has none", async () => {
    const inputs = { repositoryName: "a", defaultBranch: "main" };
    await refused("BranchDoesNotExistException", make(codeCommit, repository, "r", inputs));
  });

  it("refuses a key that does not exist", async () => {
    const inputs = { repositoryName: "a", kmsKeyId: "alias/gone" };
    await refused("EncryptionKeyNotFoundException", make(codeCommit, repository, "r", inputs));
  });

  it("holds 5,000 repositories and not one more", async () => {
    for (let i = 0; i < 5_000; i++) await make(codeCommit, repository, `r${i}`, { repositoryName: `r${i}` });
    const oneMore = make(codeCommit, repository, "r", { repositoryName: "r" });
    await refused("RepositoryLimitExceededException", oneMore);
  });
});
