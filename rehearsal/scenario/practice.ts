/** Tries with real git what the proof gives as counter-examples of refuted claims. */
import type { ClaimId } from "../../isolation/claims";
import type { Report } from "../../isolation/claims/verify";
import type { CounterExample } from "../../isolation/verdict";
import type { AccessRequest } from "../../isolation/iam/request";
import { splitArn } from "../../facts/arn";
import type { Credential } from "../git/gitClient";
import type { Arrival } from "../git/world";
import type { Testbed } from "./testbed";
import type { DeployedStack } from "../engines/deployStack";

/** What became of one counter-example. */
export interface Practice {
  claim: ClaimId;
  /** The counter-example, in one sentence. */
  says: string;
  /** `differs`: git was answered otherwise than the proof says. */
  outcome: "as the proof says" | "differs" | "not tried";
  /** What answered, or why it was not tried. */
  by: string;
}

/**
 * Tries every request that is a counter-example, as far as git can make it.
 * @param loot a folder with a repository whose HEAD is what a push carries
 */
export async function tryCounterExamples(
  testbed: Testbed,
  target: DeployedStack<"target">,
  { verdicts }: Report,
  loot: string,
): Promise<Practice[]> {
  const examples = verdicts.flatMap(({ claim, counterExamples }) =>
    counterExamples.flatMap((example) => (example.kind === "request" ? [{ claim, ...example }] : [])),
  );
  const tried: Practice[] = [];
  for (const { claim, says, request, outcome } of examples) {
    const attempt = attemptOf(testbed, target, request);
    const result =
      typeof attempt === "string"
        ? ({ outcome: "not tried", by: attempt } as const)
        : await carryOut(testbed, attempt, outcome, loot);
    tried.push({ claim, says, ...result });
  }
  return tried;
}

/** A request as git can make it. */
interface Attempt {
  credential: Credential;
  url: string;
  /** Of a push: what it changes. */
  reference: string | undefined;
  arrival: Arrival;
}

type Example = Extract<CounterExample, { kind: "request" }>;

/** The request as git can make it, or why it cannot. Where it says nothing of the way, it comes from outside. */
function attemptOf(
  testbed: Testbed,
  target: DeployedStack<"target">,
  request: AccessRequest,
): Attempt | string {
  const { principalAccount, action, resource, context } = request;
  const isPush = action === "codecommit:GitPush";
  if (!isPush && action !== "codecommit:GitPull") return `git never asks for ${action}`;
  const strange = Object.entries(context).find(
    ([key, value]) => !GIT_SAYS[key]?.(value, target.account.region),
  );
  if (strange !== undefined) return `no request of git has ${strange.join(" ")}`;
  const arrival = arrivalOf(testbed, request);
  if (arrival === undefined) return "the rehearsal has no such endpoint";
  const reference = isPush ? String(context["codecommit:References"] ?? "refs/heads/practice") : undefined;
  const urlOf = (name: string) => `https://${testbed.codeCommit.hostname}/v1/repos/${name}`;
  // Any other account is a stranger's.
  if (principalAccount !== target.account.accountId) {
    const { credential, repositoryName } = testbed.stranger;
    return { credential, url: urlOf(repositoryName), reference, arrival };
  }
  const name = splitArn(resource)?.[5] ?? "";
  if (!target.account.codeCommit.has(name)) return `there is no repository ${name}`;
  const user = target.account.iam.users().find(({ arn }) => arn === request.principalArn)?.userName;
  const { deployment } = target;
  if (user !== undefined && user === deployment.output("pushUserName"))
    return { credential: testbed.pushCredential, url: urlOf(name), reference, arrival };
  if (user !== undefined && user === deployment.output("pullUserName"))
    return { credential: testbed.pullCredential, url: urlOf(name), reference, arrival };
  return `the rehearsal has no git credential of ${request.principalArn}`;
}

/** Which keys a request of git to CodeCommit of a Region has, and whether it can have the value. */
const GIT_SAYS: Readonly<
  Record<string, ((value: string | readonly string[], region: string) => boolean) | undefined>
> = {
  "aws:SourceIp": () => true,
  "aws:SourceVpce": () => true,
  "aws:SourceVpc": () => true,
  "aws:RequestedRegion": (value, region) => value === region,
  "aws:SecureTransport": (value) => value === "true",
  "aws:ViaAWSService": (value) => value === "false",
  "codecommit:References": () => true,
};

function arrivalOf(
  { isolatedArrival, outsideAddress }: Testbed,
  { context }: AccessRequest,
): Arrival | undefined {
  const { "aws:SourceIp": sourceIp, "aws:SourceVpce": endpointId } = context;
  if (endpointId === undefined) return { sourceIp: String(sourceIp ?? outsideAddress) };
  return "vpcEndpointId" in isolatedArrival && isolatedArrival.vpcEndpointId === endpointId
    ? isolatedArrival
    : undefined;
}

async function carryOut(
  testbed: Testbed,
  { credential, url, reference, arrival }: Attempt,
  expected: Example["outcome"],
  loot: string,
): Promise<Pick<Practice, "outcome" | "by">> {
  const { audit } = testbed.codeCommit;
  const before = audit.length;
  const position = await testbed.openPosition(arrival);
  const args = reference === undefined ? ["ls-remote", url] : ["push", "--quiet", url, `HEAD:${reference}`];
  const { code, stderr } = await position.git(args, { cwd: loot, credential });
  const refusal = audit.slice(before).find(({ allowed, principal }) => !allowed && principal !== undefined);
  if (code !== 0 && refusal === undefined) return { outcome: "differs", by: stderr.trim() };
  const happened = code === 0 ? "allowed" : "refused";
  const by = refusal?.reason ?? audit.at(-1)?.reason ?? "";
  return { outcome: happened === expected ? "as the proof says" : "differs", by: `${happened}: ${by}` };
}
