/** C1: code goes in. GitLab can push to every airlock repository, and an isolated terminal can pull every one. */
import { codeCommitHost } from "../../facts/hosts";
import type { Region } from "../access/region";
import type { Deployment } from "../model/deployment";
import { decide } from "../iam/decide";
import { firstOf, PULL, PUSH, regionOf, vpcIdOf, type Gate, type GateUser } from "./gate";
import { wayIn, wayOut } from "./pathToCodeCommit";
import { MissingEvidence } from "../undecidable";
import { endpointKeys } from "./pullUserOnlyPulls";
import type { CounterExample, Findings } from "../verdict";
import { repositoryKeyAssumptions, repositoryKeyFaults } from "./repositoryKeys";
import { organizationLimits } from "./organizationLimits";
import type { Claim } from "./claim";

/** C1. */
export const codeGoesIn: Claim<"C1"> = {
  id: "C1",
  title: "Code goes in",
  statement:
    "GitLab can push, over the proxy and a NAT address, to every airlock repository; an isolated terminal can pull " +
    "every one.",
  proved: () =>
    "Each airlock repository can be pushed to from each NAT address, and pulled from the isolated zone.",
  assumptions: (deployment) => [
    ...endpointKeys(deployment),
    ...repositoryKeyAssumptions(deployment),
    "The room's link leads isolated terminals to the endpoint, and its DNS answers with the endpoint's addresses.",
    "GitLab's mirrors are set up with the push credential.",
    "No policy of the organization denies it beside those that the stacks attach.",
  ],
  needs: ["target"],
  isSeenByPolicies: true,
  decide: ({ deployment, gate }) => findings(deployment, gate()),
};

function findings({ source, declared }: Deployment, gate: Gate): Findings {
  const push = pushing(gate);
  const pull = pulling(gate, declared.isolatedTerminalCidrs);
  const regions = [...new Set(gate.airlock.map(({ arn }) => regionOf(arn)))];
  const hosts = regions.map((region) => codeCommitHost(region, gate.target.fips));
  const out =
    source === undefined
      ? { certain: [], possible: ["The source was not given, so GitLab's way to the proxy is not known."] }
      : wayOut(source, hosts);
  return {
    evidence: [
      { what: "repositories", values: gate.airlock.map(({ arn }) => arn) },
      { what: "pushed to from", values: gate.natAddresses() ?? [] },
      { what: "pulled through", values: gate.pullEndpoints.map(({ urn }) => urn) },
    ],
    counterExamples: [...push, ...pull, ...out.certain],
    reasons: [
      ...out.possible,
      ...repositoryKeyFaults(gate),
      ...wayIn(gate, declared.isolatedTerminalCidrs, hosts),
      ...[gate.push(), gate.pull()]
        .map(({ identity }) => identity)
        .filter(
          ({ credentials }) => !credentials.some(({ kind, active }) => kind === "git credential" && active),
        )
        .map(({ name }) => `No git credential of ${name} that works is shown.`),
      ...[gate.push(), gate.pull()].flatMap(({ open, unsettled }) => [...open, ...unsettled]),
      ...gate.organization.open,
    ],
  };
}

/** A way of asking as AWS would set its keys. */
interface Way {
  readonly says: string;
  readonly context: Readonly<Record<string, string>>;
}

function pushing(gate: Gate): CounterExample[] {
  const ways = (gate.natAddresses() ?? []).map((address) => ({
    says: `from the NAT address ${address}`,
    context: { "aws:SourceIp": address },
  }));
  return ways.flatMap((way) => [PULL, PUSH].flatMap((action) => refused(gate, gate.push(), action, way)));
}

function pulling(gate: Gate, cidrs: readonly string[]): CounterExample[] {
  const { pullEndpoints, target } = gate;
  const ways: Way[] =
    pullEndpoints.length === 0
      ? firstOf(cidrs).map((address) => ({ says: `from ${address}`, context: { "aws:SourceIp": address } }))
      : pullEndpoints.flatMap(({ urn, id, vpc }) => {
          if (id === undefined) return [];
          const vpcId = vpcIdOf(target, vpc);
          if (vpcId === undefined) throw new MissingEvidence(`${vpc}: its id is not known.`);
          return [{ says: `through ${urn}`, context: { "aws:SourceVpce": id, "aws:SourceVpc": vpcId } }];
        });
  return ways.flatMap((way) => refused(gate, gate.pull(), PULL, way));
}

/** The repositories on which the user may not do it, Region by Region: a request is made in its repository's own. */
function refused(gate: Gate, user: GateUser, action: string, way: Way): CounterExample[] {
  // Where it hangs on keys that are not shown, nothing can be said.
  if (user.unsettled.length > 0) return [];
  return [...new Set(gate.airlock.map(({ arn }) => regionOf(arn)))].flatMap((region) =>
    refusedIn(gate, user, action, {
      says: way.says,
      context: { ...way.context, "aws:RequestedRegion": region },
    }),
  );
}

/** Those of the way's Region. What the region of requests says is asked of the concrete decider too. */
function refusedIn(gate: Gate, user: GateUser, action: string, way: Way): CounterExample[] {
  const region = asked(user, action, way);
  const allowed = new Set(region.along("resource").values);
  const airlock = gate.airlock.filter(({ arn }) => regionOf(arn) === way.context["aws:RequestedRegion"]);
  const missing = airlock.filter(({ arn }) => !allowed.has(arn));
  const [first] = airlock;
  const [example] = missing.length > 0 ? missing : [first];
  if (example === undefined) return [];
  const request = {
    principalArn: user.identity.arn,
    principalAccount: gate.account,
    action,
    resource: example.arn,
    context: { ...way.context, "aws:SecureTransport": "true", "aws:ViaAWSService": "false" },
  };
  const endpoint = gate.pullEndpoints.find(
    ({ id }) => id !== undefined && id === way.context["aws:SourceVpce"],
  );
  const { outcome, detail } = decide(request, {
    identity: user.limits.identity,
    ...(user.limits.permissionsBoundary && { permissionsBoundary: user.limits.permissionsBoundary }),
    ...(endpoint?.policy && { endpoint: endpoint.policy }),
    ...organizationLimits(gate.organization.serviceControl, gate.organization.resourceControl),
  });
  if ((outcome === "allowed") !== (missing.length === 0)) {
    throw new Error(`The two deciders disagree about ${action} on ${example.arn} ${way.says}: ${detail}`);
  }
  if (missing.length === 0) return [];
  const more = missing.length > 1 ? ` (and ${missing.length - 1} more)` : "";
  return [
    {
      kind: "request",
      says: `${action} on ${example.name}${more} is refused ${way.says}: ${detail}`,
      request,
      outcome: "refused",
    },
  ];
}

function asked({ left: allowed }: GateUser, action: string, { context }: Way): Region {
  let region = allowed.within("action", { values: [action] });
  const usual: Readonly<Record<string, string>> = {
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:PrincipalIsAWSService": "false",
  };
  // Where the user's rights depend on no other key, no other one can tell the requests apart.
  for (const dimension of allowed.dependsOn()) {
    if (dimension === "action" || dimension === "resource") continue;
    const value = context[dimension];
    if (dimension === "aws:SourceIp" && value !== undefined)
      region = region.within(dimension, { cidrs: [value] });
    else if (dimension === "aws:VpcSourceIp") continue;
    else if (value !== undefined) region = region.within(dimension, { values: [value] });
    else if (usual[dimension] !== undefined)
      region = region.within(dimension, { values: [usual[dimension]] });
    else region = region.within(dimension, { absent: true });
  }
  return region;
}
