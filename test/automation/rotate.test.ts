import { expect } from "chai";
import { rotate, RotationFailed, type RotateOptions } from "../../automation/rotate/rotate";
import { PulumiFailed, type Pulumi } from "../../automation/pulumiCli";
import { UsageError } from "../../automation/usageError";

const push: RotateOptions = {
  gate: "push",
  targetStack: "prd",
  mirrorStack: "mirror",
  finish: false,
  yes: true,
};
const key = "git-airlock:pushCredentialEpochs";

class Killed extends Error {}

interface HostStatus {
  revision?: string;
  finishedAt?: string;
  outcome: string;
  problems?: string[];
}

/** Two stacks, the account's credentials and the GitLab host, as far as a rotation sees them. */
class World implements Pulumi {
  listed: string | undefined = "[1]";
  /** The live credentials of the push user, in the account; a stranger's is "by hand". */
  live: (number | string)[] = [1];
  /** The credential that the target puts out, and the one that the mirrors push with. */
  active = 1;
  pushingWith = 1;
  hasMirrorStack = true;
  status: HostStatus = { outcome: "has not run yet" };
  /** What the host says when it runs; by default that all is well. */
  host: (revision: string) => HostStatus = (revision) => ({ revision, outcome: "succeeded" });
  readonly calls: string[] = [];
  readonly said: string[] = [];
  /** The most credentials that there ever were. */
  most = 1;
  /** After how many commands somebody kills it; and whether that command has had its effect by then. */
  killedAt = Infinity;
  hasEffect = false;
  waits = 0;
  onWait: () => void = () => {
    throw new Error("there is nothing to wait for");
  };

  rotate(options: Partial<RotateOptions> = {}): Promise<string> {
    const say = (text: string) => void this.said.push(text);
    const wait = () => {
      this.waits++;
      this.onWait();
      return Promise.resolve();
    };
    return rotate({ ...push, ...options }, { pulumi: this, say, wait });
  }

  async refusal(): Promise<string> {
    try {
      await this.rotate();
    } catch (error) {
      if (error instanceof RotationFailed || error instanceof UsageError) return error.message;
      throw error;
    }
    throw new Error("it was not refused");
  }

  async show(args: readonly string[]): Promise<void> {
    await this.read(args);
  }

  read(args: readonly string[]): Promise<string> {
    this.calls.push(args.filter((arg) => !arg.startsWith("--")).join(" "));
    const isLast = this.calls.length > this.killedAt;
    if (isLast && !this.hasEffect) return Promise.reject(new Killed());
    const answer = new Promise<string>((resolve) => {
      resolve(this.#run(args));
    });
    return isLast ? answer.then(() => Promise.reject(new Killed())) : answer;
  }

  get revision(): string {
    return `revision ${this.pushingWith}`;
  }

  #run(args: readonly string[]): string {
    const stack = args[args.indexOf("--stack") + 1] ?? "";
    const [command = "", verb = ""] = args;
    if (stack !== "prd" && !(stack === "mirror" && this.hasMirrorStack))
      throw new PulumiFailed(`error: no stack named '${stack}' found`);
    switch (command) {
      case "config":
        if (verb === "set" || verb === "rm") this.#configure(args);
        return JSON.stringify(this.listed === undefined ? {} : { [key]: { value: this.listed } });
      case "stack":
        return JSON.stringify({ deployment: stack === "prd" ? this.#target() : this.#mirror() });
      case "up":
        if (stack === "prd") this.#updateTarget();
        else this.#updateMirror();
        return "";
      case "refresh":
        return "";
      default:
        throw new Error(`nobody expects pulumi ${args.join(" ")}`);
    }
  }

  #configure(args: readonly string[]): void {
    const epochs = JSON.parse(this.listed ?? "[]") as number[];
    const path = args.find((arg) => arg.startsWith(key)) ?? "";
    const index = Number(/\[(\d)\]$/.exec(path)?.[1]);
    if (args[1] === "rm") epochs.splice(index, 1);
    else epochs[index] = Number(args.at(-1));
    this.listed = JSON.stringify(epochs);
  }

  #target() {
    const own = this.live.filter((one) => typeof one === "number");
    const type = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";
    return { resources: own.map((epoch) => ({ urn: `urn::target-push-credential-${epoch}`, type })) };
  }

  #mirror() {
    const name = "/git-airlock/mirror/mirror/status";
    return {
      resources: [
        {
          urn: "urn:stack",
          type: "pulumi:pulumi:Stack",
          outputs: { statusParameterName: name, revision: this.revision, associationId: "an-association" },
        },
        {
          urn: "urn:status",
          type: "aws:ssm/parameter:Parameter",
          outputs: { name, insecureValue: JSON.stringify(this.status) },
        },
      ],
    };
  }

  /** As Pulumi does: makes first, then deletes. */
  #updateTarget(): void {
    const epochs = JSON.parse(this.listed ?? "[1]") as number[];
    for (const epoch of epochs.filter((one) => !this.live.includes(one))) {
      if (this.live.length === 2) throw new PulumiFailed("LimitExceeded: ServiceSpecificCredentialsPerUser");
      this.live.push(epoch);
      this.most = Math.max(this.most, this.live.length);
    }
    this.active = epochs.at(-1) ?? 0;
    const gone = this.live.filter((one) => typeof one === "number" && !epochs.includes(one));
    if (gone.includes(this.pushingWith)) throw new Error("the mirrors push with what was taken away");
    this.live = this.live.filter((one) => !gone.includes(one));
  }

  #updateMirror(): void {
    const isChanged = this.pushingWith !== this.active;
    this.pushingWith = this.active;
    // State Manager runs the script when the revision has changed, and else every half an hour.
    if (isChanged) this.status = this.host(this.revision);
  }
}

describe("a rotation", () => {
  it("makes a second credential, moves the mirrors over, and takes the first away", async () => {
    const world = new World();
    expect(await world.rotate()).to.equal("done");
    expect([world.live, world.listed, world.pushingWith, world.most]).to.deep.equal([[2], "[2]", 2, 2]);
  });

  it("begins where the configuration lists no epoch, with the default", async () => {
    const world = new World();
    world.listed = undefined;
    expect(await world.rotate()).to.equal("done");
    expect(world.live).to.deep.equal([2]);
  });

  describe("killed at any command", () => {
    for (const hasEffect of [false, true]) {
      it(`${hasEffect ? "after" : "before"} its effect, ends when it is run again, with one credential that works`, async () => {
        const whole = new World();
        await whole.rotate();
        for (let killedAt = 0; killedAt < whole.calls.length; killedAt++) {
          const world = new World();
          Object.assign(world, { killedAt, hasEffect });
          await world.rotate().then(
            () => expect.fail("it was killed"),
            (error: unknown) => {
              if (!(error instanceof Killed)) throw error;
            },
          );
          expect(world.live, `after command ${killedAt}`).to.include(world.pushingWith);
          world.killedAt = Infinity;
          const moment = `killed at ${whole.calls[killedAt]}`;
          expect(await world.rotate(), moment).to.equal("done");
          expect(world.live, moment).to.deep.equal([world.pushingWith]).and.to.deep.equal([world.active]);
          expect(world.most, moment).to.equal(2);
        }
      });
    }
  });

  it("makes no third credential where the list and the account differ, and says what to do", async () => {
    for (const [listed, live, pushingWith] of [
      ["[1,3]", [1, 2], 1],
      ["[5]", [1], 1],
      ["[3,4]", [1], 1],
      ["[1,2]", [2], 2],
    ] as const) {
      const world = new World();
      Object.assign(world, { listed, live: [...live], pushingWith });
      expect(await world.refusal(), listed).to.match(
        /lists the epochs \[.*\] of the push credential, and \[.*\] are deployed/,
      );
      expect([world.listed, world.live]).to.deep.equal([listed, live]);
    }
  });

  it("goes on with a second credential that is there and not listed", async () => {
    const world = new World();
    Object.assign(world, { live: [1, 2], active: 2 });
    expect(await world.rotate()).to.equal("done");
    expect([world.live, world.listed, world.most]).to.deep.equal([[2], "[2]", 1]);
  });

  it("refuses what is not a list of epochs, before anything is made", async () => {
    for (const listed of ["[1, 2, 3]", "[]", "one", '["1"]', "3"]) {
      const world = new World();
      world.listed = listed;
      expect(await world.refusal(), listed).to.include(`is ${listed}; expected one epoch`);
      expect(world.live).to.deep.equal([1]);
    }
  });

  it("refuses a target that is not deployed", async () => {
    const world = new World();
    world.live = [];
    expect(await world.refusal()).to.include("has no push credential yet. Run pulumi up --stack prd first");
  });

  it("makes no credential where there is no mirror stack to move over", async () => {
    const world = new World();
    world.hasMirrorStack = false;
    await world.rotate().then(
      () => expect.fail("it was refused"),
      (error: unknown) => {
        expect(String(error)).to.include("no stack named 'mirror' found");
      },
    );
    const other = new World();
    const refused = await other.rotate({ mirrorStack: "prd" }).catch((error: unknown) => String(error));
    expect(refused).to.include("prd is not a mirror stack that is deployed").and.include("--mirror-stack");
    for (const { live, listed } of [world, other]) expect([live, listed]).to.deep.equal([[1], "[1]"]);
  });

  it("lists no credential that a full user could not get", async () => {
    const world = new World();
    world.live = [1, "by hand"];
    expect(await world.refusal()).to.match(/LimitExceeded[^]*No credential was made[^]*find out whose it is/);
    expect([world.live, world.listed]).to.deep.equal([[1, "by hand"], "[1]"]);
  });

  it("does not say that no credential was made where one was", async () => {
    const world = new World();
    const show = world.show.bind(world);
    world.show = async (args) => {
      await show(args);
      throw new PulumiFailed("something else failed");
    };
    expect(await world.refusal()).to.match(/something else failed\nThe second credential was made/);
    expect(world.listed).to.equal("[1,2]");
  });

  it("waits for the host's next run where it failed before, and tells how to start it", async () => {
    const world = new World();
    world.host = (revision) => ({
      revision,
      finishedAt: "09:00",
      outcome: "failed",
      problems: ["platform/app: refused"],
    });
    expect(await world.refusal()).to.match(/could not move its mirrors over:\n {2}platform\/app: refused/);
    world.onWait = () => {
      world.status = { revision: world.revision, finishedAt: "09:30", outcome: "succeeded" };
    };
    expect(await world.rotate()).to.equal("done");
    expect(world.waits).to.equal(1);
    expect(world.said.join("\n")).to.match(
      /failed the last time:\n {2}platform\/app: refused\n.*\n?.*start-associations-once --association-ids an-association/,
    );
  });

  it("fails when the next run fails too", async () => {
    const world = new World();
    world.host = (revision) => ({ revision, finishedAt: "09:00", outcome: "failed", problems: ["one"] });
    await world.refusal();
    world.onWait = () => {
      world.status = { revision: world.revision, finishedAt: "09:30", outcome: "failed", problems: ["two"] };
    };
    expect(await world.refusal())
      .to.include("two")
      .and.not.to.include("one");
    expect(world.live).to.deep.equal([1, 2]);
  });

  it("gives up after three quarters of an hour, with both credentials live", async () => {
    const world = new World();
    world.host = () => ({ outcome: "has not run yet" });
    world.onWait = () => undefined;
    expect(await world.refusal()).to.include("has not said that it moved its mirrors over");
    expect([world.waits, world.live]).to.deep.equal([135, [1, 2]]);
  });
});
