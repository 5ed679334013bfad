import { Writable } from "node:stream";
import { expect } from "chai";
import { Console } from "../../../rehearsal/scenario/console";
import { listPlaceholders, narrate } from "../../../rehearsal/scenario/report";
import { asTheyCome, mirrorOf } from "../rehearsing";

/** What is printed meanwhile, line by line. */
function printed(work: (screen: Console) => void): string[] {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  work(new Console(stream));
  return text.split("\n");
}

describe("what people see of a rehearsal", () => {
  it("has each stack's warnings below that stack, with an exclamation mark", async () => {
    const { source, target } = await asTheyCome();
    const mirror = await mirrorOf({ source, target });
    const lines = printed((screen) => {
      const steps = narrate(screen);
      steps.noted("Both in one account.");
      steps.sourceDeployed({ ...source, warnings: ["Of the source."] });
      steps.targetDeployed({ ...target, warnings: ["Of the target.", "And more."] }, []);
      steps.mirrorDeployed({ ...mirror, warnings: ["Of the mirror."] });
    });
    const marked = lines.filter((line) => /^ {2}(?:!|✔)/.test(line)).map((line) => line.replace(/:.*/, ""));
    expect(marked).to.deep.equal([
      "  ! Both in one account.",
      "  ✔ dev, the source",
      "  ! Of the source.",
      "  ✔ prd, the target",
      "  ! Of the target.",
      "  ! And more.",
      "  ✔ mirror, the link",
      "  ! Of the mirror.",
    ]);
  });

  it("ends with the placeholders that are left, each with its place; with nothing where there are none", () => {
    const one = {
      file: "Pulumi.dev.yaml",
      line: 12,
      key: "git-airlock:workTerminalCidrs[0]",
      value: "198.51.100.0/24",
    };
    expect(
      printed((screen) => {
        listPlaceholders(screen, [one]);
      }),
    ).to.deep.equal([
      "",
      "Still as in the sample, and to be replaced before you deploy (1):",
      '  Pulumi.dev.yaml:12: git-airlock:workTerminalCidrs[0]: "198.51.100.0/24"',
      "",
    ]);
    expect(
      printed((screen) => {
        listPlaceholders(screen, []);
      }),
    ).to.deep.equal([""]);
  });
});
