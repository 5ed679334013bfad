import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { killTree } from "../../../../rehearsal/engines/pulumi/processTree";

describe("killing a process with all that it has started", () => {
  it("ends its child too, which would outlive it otherwise", async () => {
    const parent = spawn("sh", ["-c", "sleep 600 & echo started; wait"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    killTree(parent.pid ?? 0);
    // The child holds this pipe open as long as it lives.
    await once(parent, "close");
    expect(parent.signalCode).to.equal("SIGKILL");
  });
});
