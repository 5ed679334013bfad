import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultProxyImage, networkedGitlabSchema } from "../../../components/networkedGitlab/args";
import { proxyImageWarnings } from "../../../components/networkedGitlab/proxyImage";
import { squidCommand, squidPort } from "../../../components/networkedGitlab/squidConf";
import { someSource } from "./someSource";

const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;
const own = "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/squid";

function warnings(image: string): string[] {
  const source = someSource({ proxy: { mode: "managed", image } });
  return proxyImageWarnings(networkedGitlabSchema(source).parse(source));
}

describe("the proxy's image", () => {
  it("is taken without a word by digest, with a tag or without one, and by default", () => {
    for (const image of [`${own}${digest}`, `${own}:7.6${digest}`, defaultProxyImage])
      expect(warnings(image), image).to.deep.equal([]);
  });

  it("is warned of where it is somebody's own and its tag can be moved", () => {
    const [warning, ...more] = warnings("registry.example.com:5000/squid:7.6");
    expect(warning).to.contain("registry.example.com:5000/squid@sha256:…");
    expect(more).to.deep.equal([]);
  });
});

describe("the recipe of a squid of one's own", () => {
  const file = readFileSync(join(__dirname, "../../../examples/squid/Dockerfile"), "utf8");
  const instructions = file
    .split("\n")
    .flatMap((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1, 3).join(" ") ?? []);
  const named = (instruction: string) => instructions.filter((one) => one.startsWith(`${instruction} `));

  it("leaves what is run, and as whom, to the task definition", () => {
    for (const instruction of ["ENTRYPOINT", "CMD", "USER", "ENV", "COPY", "ADD"])
      expect(named(instruction), instruction).to.deep.equal([]);
  });

  it("has every program that the task definition calls", () => {
    const [, programs = ""] = /for program in ([a-z0-9 ]+);/.exec(file) ?? [];
    const called = squidCommand.command
      .flatMap((text) => text.split(/ && | \| /))
      .map((part) => part.replace(/^exec /, "").split(" ")[0]);
    const builtIn = ["printf"];
    expect(programs.split(" ")).to.have.members([
      ...squidCommand.entryPoint.filter((word) => !word.startsWith("-")),
      ...called.filter((program) => program !== undefined && !builtIn.includes(program)),
    ]);
  });

  it("exposes the port that squid listens on, and names its base by a version", () => {
    expect(named("EXPOSE")).to.deep.equal([`EXPOSE ${squidPort}`]);
    expect(named("FROM")).to.have.length(1);
    expect(named("FROM")[0]).to.match(/:\d+\.\d+$/);
  });
});
