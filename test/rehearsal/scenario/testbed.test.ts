import { expect } from "chai";
import { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { openStrangersAccount } from "../../../rehearsal/scenario/stranger";
import { createMirroredTestbed } from "../../../rehearsal/scenario/testbed";
import { asTheyCome, inFolder, mirrorOf } from "../rehearsing";

/** How many ports this process listens on. */
const openPorts = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;

describe("a testbed that cannot be completed", () => {
  for (const missing of ["repositories", "pullSecretArn", "pushCredential"])
    it(`because the target has no output "${missing}" closes every port that it has opened`, async () => {
      const sides = await asTheyCome();
      const { source, target } = sides;
      const mirror = await mirrorOf(sides);
      const { project, stack, resources, outputs } = target.deployment;
      const { [missing]: _, ...others } = outputs;
      const broken = {
        ...target,
        deployment: new Deployment({ project, stack, resources, outputs: others }),
      };
      const stranger = await openStrangersAccount(target.config.region, "test");
      const before = openPorts();
      const failed = await inFolder((folder) =>
        createMirroredTestbed(folder, { source, target: broken }, mirror, stranger).then(
          () => "it was completed",
          (error: unknown) => error,
        ),
      );
      expect(failed).to.be.instanceOf(Error);
      // Node.js counts a port for a few more turns of its loop; one that stays open is counted for ever.
      while (openPorts() > before) await new Promise((resolve) => setImmediate(resolve));
      expect(openPorts()).to.equal(before);
    });
});
