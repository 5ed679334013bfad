import { expect } from "chai";
import { existsSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findEngine, searchEngine } from "../../engine/engine";
import { fakeClone, fakePulumi, script, temporaryFolder } from "./fakes";

describe("the finder of a Pulumi CLI", () => {
  let folder: string;
  let clone: string;
  let onPath: string;
  let inClone: string;
  beforeEach(() => {
    folder = temporaryFolder();
    clone = fakeClone(folder);
    onPath = join(folder, "usr-bin");
    inClone = join(clone, ".airlock", "engine", "bin");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("takes the one on PATH before the clone's own", async () => {
    fakePulumi(onPath, "v3.247.0");
    fakePulumi(inClone, "v3.200.0");
    const { engine, passedOver } = await searchEngine(clone, onPath);
    expect(engine?.pulumi).to.equal(join(onPath, "pulumi"));
    expect(engine?.version).to.equal("3.247.0");
    expect(passedOver).to.deep.equal([]);
  });

  it("takes the clone's own when PATH has none", async () => {
    fakePulumi(inClone, "v3.200.0");
    const { engine } = await searchEngine(clone, onPath);
    expect(engine?.pulumi).to.equal(join(inClone, "pulumi"));
  });

  it("passes over one that is too old, and says what it has, what it needs", async () => {
    fakePulumi(onPath, "v3.199.9");
    fakePulumi(inClone, "v3.200.0");
    const { engine, passedOver } = await searchEngine(clone, onPath);
    expect(engine?.pulumi).to.equal(join(inClone, "pulumi"));
    expect(passedOver).to.deep.equal([
      `${join(onPath, "pulumi")} is version 3.199.9; 3.200.0 or a newer 3.x is needed`,
    ]);
  });

  it("passes over another major version", async () => {
    fakePulumi(onPath, "v4.0.0");
    const { engine, passedOver } = await searchEngine(clone, onPath);
    expect(engine).to.equal(undefined);
    expect(passedOver.join()).to.contain("is version 4.0.0; 3.200.0 or a newer 3.x is needed");
  });

  it("passes over one without its language host", async () => {
    fakePulumi(onPath, "v3.247.0");
    rmSync(join(onPath, "pulumi-language-nodejs"));
    const { engine, passedOver } = await searchEngine(clone, onPath);
    expect(engine).to.equal(undefined);
    expect(passedOver.join()).to.contain("lacks pulumi-language-nodejs");
  });

  it("accepts a language host from elsewhere on PATH", async () => {
    fakePulumi(onPath, "v3.247.0");
    rmSync(join(onPath, "pulumi-language-nodejs"));
    const other = join(folder, "other");
    script(other, "pulumi-language-nodejs", "exit 1");
    const { engine } = await searchEngine(clone, [onPath, other].join(delimiter));
    expect(engine?.pulumi).to.equal(join(onPath, "pulumi"));
  });

  it("passes over one that fails, with the reason that it gave", async () => {
    fakePulumi(onPath, "v3.247.0");
    script(onPath, "pulumi", "echo wrong architecture >&2; exit 126");
    const { engine, passedOver } = await searchEngine(clone, onPath);
    expect(engine).to.equal(undefined);
    expect(passedOver.join()).to.contain("does not run").and.contain("wrong architecture");
  });

  it("passes over something else that is called pulumi", async () => {
    fakePulumi(onPath, "a-tea-kettle");
    const { passedOver } = await searchEngine(clone, onPath);
    expect(passedOver.join()).to.contain('gives "a-tea-kettle" as its version');
  });

  it("takes no build that was interrupted", async () => {
    fakePulumi(join(clone, ".airlock", "engine", "incoming-1"), "v3.200.0");
    const { engine } = await searchEngine(clone, onPath);
    expect(engine).to.equal(undefined);
  });

  it("runs the CLI with its own companions first and a home inside the clone", async () => {
    fakePulumi(inClone, "v3.200.0");
    const { engine } = await searchEngine(clone, onPath);
    expect(engine?.env).to.deep.equal({
      PATH: [inClone, onPath].join(delimiter),
      PULUMI_HOME: join(clone, ".airlock", "engine", "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
  });

  describe("on a machine without a CLI", () => {
    let path: string | undefined;
    before(() => {
      path = process.env["PATH"];
    });
    afterEach(() => {
      process.env["PATH"] = path;
    });

    it("finds none, and puts nothing into the clone", async () => {
      process.env["PATH"] = onPath;
      expect(await findEngine(clone)).to.equal(undefined);
      expect(existsSync(join(clone, ".airlock"))).to.equal(false);
    });
  });
});
