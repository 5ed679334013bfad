import { expect } from "chai";
import { tryLive, type LiveAccess, type Place, type Trial } from "../../automation/verify/live";
import type { Position } from "../../rehearsal/git/gitClient";
import { Lab, PULL, PUSH, REPOSITORIES } from "../rehearsal/git/lab";

describe("git airlock verify --live", () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.open();
  });
  after(async () => {
    await lab.close();
  });

  const asShown = ({ user, password }: typeof PULL) => Promise.resolve({ userName: user, password });
  const access: LiveAccess = {
    cloneUrl: `${REPOSITORIES}/app`,
    pull: () => asShown(PULL),
    push: () => asShown(PUSH),
  };

  /** Tries it from a position of the lab; what was said before each step, too. */
  async function from(position: Position, place: Place): Promise<{ trials: Trial[]; said: string[] }> {
    const said: string[] = [];
    const env = { ...process.env, https_proxy: position.proxyUrl, GIT_SSL_CAINFO: lab.authority.file };
    const trials = await tryLive(place, access, (text) => said.push(text), env);
    return { trials, said };
  }

  it("pulls through the endpoint, and is refused a push there", async () => {
    const { trials, said } = await from(lab.positions.isolated, "isolated");
    expect(trials.map(({ outcome, detail }) => `${outcome}: ${detail}`)).to.deep.equal([
      "as claimed: it was let through",
      "as claimed: it was refused with 403",
    ]);
    expect(said).to.have.lengthOf(2);
    expect(said[0]).to.contain(`git ls-remote ${REPOSITORIES}/app`);
  });

  it("is refused both from elsewhere", async () => {
    const { trials } = await from(lab.positions.home, "elsewhere");
    expect(trials.map(({ outcome }) => outcome)).to.deep.equal(["as claimed", "as claimed"]);
  });

  it("says that it is not as claimed where the endpoint's pull is refused", async () => {
    const { trials } = await from(lab.positions.home, "isolated");
    expect(trials[0]).to.deep.include({ outcome: "not as claimed", detail: "it was refused with 403" });
  });

  it("takes nothing for a refusal that is none: no such host, no way there", async () => {
    const nowhere = { ...access, cloneUrl: "https://git-codecommit.invalid/v1/repos/app" };
    const env = { ...process.env, https_proxy: lab.positions.home.proxyUrl };
    const trials = await tryLive("elsewhere", nowhere, () => undefined, env);
    expect(trials.map(({ outcome }) => outcome)).to.deep.equal(["unclear", "unclear"]);
  });

  it("writes nothing, and says no password", async () => {
    const { trials, said } = await from(lab.positions.isolated, "isolated");
    expect(JSON.stringify([trials, said])).to.not.contain(PULL.password);
    const directory = await lab.codeCommit.createRepository("222222222222", "app");
    expect(await lab.git(directory, ["for-each-ref"])).to.equal("");
  });
});
