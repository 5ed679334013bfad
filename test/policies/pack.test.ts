import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  AnalyzerResourceOptions,
  EnforcementLevel,
  type AnalyzeResponse,
  type AnalyzerInfo,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isRecord } from "../../facts/record";
import { rules } from "../../policies/rules";

const folder = join(__dirname, "..", "..", "policies");

const load = createRequire(__filename);

/** Every rule that a file of the pack exports. Its entry is left out: loading that one starts a server. */
function exportedRules(): unknown[] {
  const files = readdirSync(folder).filter(
    (file) => /\.ts$/.test(file) && !["pack.ts", "rules.ts"].includes(file),
  );
  return files.flatMap((file): unknown[] => {
    const exported: unknown = load(join(folder, file));
    return isRecord(exported) ? Object.values(exported) : [];
  });
}

describe("the policy pack", () => {
  it("holds every rule that its files export, and each once", () => {
    const exported = exportedRules();
    expect(exported.length).to.be.greaterThan(30);
    expect(rules).to.have.members(exported);
    expect(new Set(rules.map(({ name }) => name)).size).to.equal(rules.length);
  });

  for (const rule of rules) {
    it(`says of ${rule.name} what it wants, how much it matters, and what to do`, () => {
      expect(rule.name).to.match(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(rule.description).to.match(/^[A-Z][^\n]*\.$/);
      expect(rule.remediationSteps).to.match(/^[A-Z][^\n]*\.$/);
      expect(rule.enforcementLevel).to.be.oneOf(["mandatory", "advisory"]);
      expect(rule.severity).to.be.oneOf(["low", "medium", "high", "critical"]);
      for (const setting of Object.values(rule.configSchema?.properties ?? {})) {
        expect(setting.description).to.be.a("string");
        expect(setting.default).to.not.equal(undefined);
      }
    });
  }
});

describe("the policy pack, started as Pulumi starts it", () => {
  let server: ChildProcess;
  let client: AnalyzerClient;

  before(async () => {
    server = spawn(process.execPath, ["index.js"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<string>((resolve, reject) => {
      server.once("exit", (code) => {
        reject(new Error(`the pack ended with ${String(code)}`));
      });
      if (server.stdout) createInterface(server.stdout).once("line", resolve);
    });
    client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  after(() => {
    client.close();
    server.removeAllListeners("exit");
    server.kill();
  });

  it("serves its rules, under its version", async () => {
    const info = await answer<AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done));
    expect(info.getName()).to.equal("git-airlock");
    expect(info.getVersion()).to.match(/^\d+\.\d+\.\d+$/);
    expect(info.getPoliciesList().map((policy) => policy.getName())).to.deep.equal(
      rules.map(({ name }) => name),
    );
  });

  it("refuses a weakened resource, and lets a sound one be", async () => {
    const check = async (cidrIpv4: string): Promise<AnalyzeResponse> => {
      const request = new AnalyzeRequest();
      request.setType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
      request.setUrn("urn:pulumi:s::p::aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::door");
      request.setName("door");
      request.setOptions(new AnalyzerResourceOptions());
      request.setProperties(Struct.fromJavaScript({ cidrIpv4, ipProtocol: "tcp" }));
      return answer<AnalyzeResponse>((done) => client.analyze(request, done));
    };
    expect((await check("9.9.9.0/24")).getDiagnosticsList()).to.deep.equal([]);
    const [diagnostic, ...others] = (await check("0.0.0.0/0")).getDiagnosticsList();
    expect(others).to.deep.equal([]);
    expect(diagnostic?.getPolicyname()).to.equal("no-world-open-ingress");
    expect(diagnostic?.getEnforcementlevel()).to.equal(EnforcementLevel.MANDATORY);
    expect(diagnostic?.getMessage()).to.contain('SecurityGroupIngressRule "door" lets in 0.0.0.0/0');
  });
});

/** The answer to a call, as a promise. */
function answer<Response>(
  call: (done: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}
