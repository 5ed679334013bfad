import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { revisionOf } from "../../../components/hostScript/parameters";
import { settingsScript } from "../../../components/networkedGitlab/desiredSettings";
import type { NewGitlabArgs } from "../../../components/networkedGitlab/gitlabArgs";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { isSecret, open } from "../../../rehearsal/engines/in-process/wire";
import {
  deploySource,
  document,
  instance,
  ordinarySource,
  refusal,
  selfSigned,
  theirs,
} from "./deploySource";
import { accountId, region } from "./someSource";

const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8w";
const administrator = {
  username: "alice",
  name: `Alice "#{exit}" {{ssm:x}} O'Hara`,
  email: "alice@example.com",
  sshKey: `${sshKey} alice@laptop`,
};
const withAdministrator = (changes: Partial<NewGitlabArgs> = {}) =>
  deploySource({ gitlab: { ...selfSigned, administrator, ...changes } });

const hierarchy = "/git-airlock/dev/dev-settings";
const parameterType = "aws:ssm/parameter:Parameter";
const parametersUnder = ({ resources }: Deployment) =>
  resources.filter(
    ({ type, inputs }) => type === parameterType && String(inputs["name"]).startsWith(`${hierarchy}/`),
  );
const association = (deployment: Deployment) =>
  deployment.resource("aws:ssm/association:Association", "dev-settings");

describe("NetworkedGitlab", () => {
  describe("GitLab's settings", () => {
    let dev: Deployment;
    let alices: Deployment;
    before(async () => {
      dev = await ordinarySource();
      alices = await withAdministrator();
    });

    it("are kept by the host that is made, at every change and every 30 minutes", () => {
      expect(association(dev).inputs).to.deep.include({
        targets: [{ key: "InstanceIds", values: [instance(dev).id] }],
        scheduleExpression: "rate(30 minutes)",
        parameters: { revision: revisionOf({ settings: "{}" }) },
      });
      expect(dev.output("gitlabSettingsStatusParameter")).to.equal(`${hierarchy}/status`);
      expect(dev.output("gitlabAdministratorParameter")).to.equal(undefined);
      expect(dev.warnings).to.deep.equal([]);
    });

    it("are kept anew when the administrator changes", async () => {
      const revision = (deployment: Deployment) => association(deployment).inputs["parameters"];
      const other = await withAdministrator({ administrator: { ...administrator, email: "a@example.com" } });
      expect(revision(other)).not.to.deep.equal(revision(alices));
    });

    it("are read from the host's own parameters, and nothing else of the store is", () => {
      const policy = dev.resource("aws:iam/rolePolicy:RolePolicy", "dev-settings");
      const arn = `arn:aws:ssm:${region}:${accountId}:parameter${hierarchy}`;
      const { outputs } = dev.resource("aws:ssm/document:Document", "dev-settings");
      expect(document(policy, "policy")).to.deep.equal({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "ssm:GetParametersByPath", Resource: [arn, `${arn}/*`] },
          { Effect: "Allow", Action: "ssm:PutParameter", Resource: `${arn}/status` },
          { Effect: "Allow", Action: "ssm:GetDocument", Resource: outputs["arn"] },
          {
            Effect: "Allow",
            Action: ["ssm:ListInstanceAssociations", "ssm:UpdateInstanceAssociationStatus"],
            Resource: "*",
          },
        ],
      });
      expect(policy.inputs["role"]).to.equal(dev.output("gitlabRoleName"));
    });

    it("hold the administrator as data, and the key without its comment", () => {
      const { inputs } = alices.resource(parameterType, "dev-settings-settings");
      const value = String(inputs["insecureValue"]);
      expect(JSON.parse(value)).to.deep.equal({ administrator: { ...administrator, sshKey } });
      const texts = alices.resource("aws:ssm/document:Document", "dev-settings").inputs["content"];
      for (const text of [texts, instance(alices).inputs["userData"]]) expect(text).not.to.contain("alice");
    });

    it("hold the administrator's first password as a secret alone, from where it is made to where it is read", () => {
      const password = alices.resource(
        "random:index/randomPassword:RandomPassword",
        "dev-administrator-password",
      );
      expect(password.inputs).to.include({ length: 32, special: false });
      const parameter = alices.resource(parameterType, "dev-settings-credentials-administrator");
      expect(parameter.inputs["type"]).to.equal("SecureString");
      expect(isSecret(parameter.inputs["value"])).to.equal(true);
      const { result } = password.outputs;
      expect(JSON.parse(String(open(parameter.inputs["value"])))).to.deep.equal({
        username: "alice",
        password: open(result),
      });
      expect(alices.output("gitlabAdministratorParameter")).to.equal(
        `${hierarchy}/credentials/administrator`,
      );
      expect(alices.secretOutputNames()).to.deep.equal([]);
      const others = alices.resources.filter((one) => one !== password && one !== parameter);
      expect(JSON.stringify(others)).not.to.contain(String(open(result)));
    });

    it("are left to others where that is asked for, or where GitLab is brought", async () => {
      for (const gitlab of [{ ...selfSigned, keepSettings: false }, theirs]) {
        const deployment = await deploySource({ gitlab });
        expect(parametersUnder(deployment)).to.deep.equal([]);
        expect(deployment.ofType("aws:ssm/association:Association")).to.deep.equal([]);
        expect(deployment.output("gitlabSettingsStatusParameter")).to.equal(undefined);
      }
    });

    it("can have no administrator where they are left to others", async () => {
      const { message, resources } = await refusal({
        gitlab: { ...selfSigned, keepSettings: false, administrator },
      });
      expect(message).to.contain("gitlab.administrator: is made by what keepSettings turns off");
      expect(resources.filter(({ custom }) => custom)).to.deep.equal([]);
    });
  });
});

describe("the settings script", () => {
  const script = settingsScript({ region, prefix: hierarchy });

  it("is one that bash can read, and has no braces that Systems Manager would fill but the revision's", () => {
    execFileSync("bash", ["-n"], { input: script });
    expect(script.match(/\{\{.*/g)).to.deep.equal(["{{ revision }}'"]);
  });

  describe("on a host", () => {
    let root: string;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "settings-"));
      for (const folder of ["bin", "run", "var/log", "tmp"])
        mkdirSync(join(root, folder), { recursive: true });
    });
    afterEach(() => {
      rmSync(root, { recursive: true, force: true });
    });

    const command = (name: string, body: string) => {
      const path = join(root, "bin", name);
      writeFileSync(path, `#!/bin/bash\necho "${name} $*" >>${root}/calls\n${body}\n`);
      chmodSync(path, 0o755);
    };

    it("waits for the start script, then gives Ruby the state on standard input, and prints its status", () => {
      const status = { revision: "r", outcome: "succeeded", problems: [] };
      command("cloud-init", "exit 2");
      command("gitlab-ctl", "");
      command("flock", "");
      command("gitlab-rails", `cat >${root}/desired; cp "$2" ${root}/ruby; echo '${JSON.stringify(status)}'`);
      const { username, email } = administrator;
      const hostile = { username, name: "$(touch x)'`\"\n#{exit}\nEND_OF_DESIRED", email };
      const desired = { revision: "r", settings: { administrator: hostile }, credentials: {} };
      const input = settingsScript({ desired }).replace(/(?<=[\s=>])\/(?=(run|var)\/)/g, `${root}/`);
      const env = { PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}`, TMPDIR: join(root, "tmp") };
      const run = spawnSync("bash", ["-s"], { input, encoding: "utf8", env, cwd: root });
      expect([run.status, run.stderr]).to.deep.equal([0, ""]);
      expect(JSON.parse(run.stdout)).to.deep.equal(status);
      const read = (name: string) => readFileSync(join(root, name), "utf8");
      expect(JSON.parse(read("desired"))).to.deep.equal(desired);
      expect(read("ruby")).to.equal(
        readFileSync(join(__dirname, "../../../components/networkedGitlab/settings.rb"), "utf8"),
      );
      const calls = read("calls").split("\n");
      expect(
        calls.filter((call) => /^(cloud-init|gitlab-rails)/.test(call)).map((call) => call.split(" ")[0]),
      ).to.deep.equal(["cloud-init", "gitlab-rails"]);
      expect(calls).to.include("cloud-init status --wait");
    });
  });
});
