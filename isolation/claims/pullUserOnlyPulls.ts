/** C3: the pull user may do nothing but GitPull on airlock repositories, from nowhere but the isolated zone. */
import type { Region } from "../access/region";
import type { Deployment } from "../model/deployment";
import { isGitEndpoint } from "../packets/pinned";
import { PULL, pullVpcs, STRANGE_ENDPOINT, type Gate } from "./gate";
import { requestExample } from "./judgement";
import type { Findings } from "../verdict";
import type { Claim } from "./claim";
import { otherRights } from "./otherRights";

/**
 * What endpoint mode rests on. "You can also use CodeCommit policies to control access from specific Amazon VPC endpoints or
 * specific VPCs" (https://docs.aws.amazon.com/codecommit/latest/userguide/infrastructure-security.html), but no page says so
 * of git credentials.
 */
const ENDPOINT_KEYS =
  "AWS sets aws:SourceVpce and aws:SourceVpc in requests with git credentials through the pull endpoint: AWS says that " +
  "CodeCommit policies can restrict endpoints and VPCs, but no page says so for git credentials. Try it once, as README.md " +
  'tells under "check the lock once".';

/** The assumption, for a deployment that pulls through an endpoint. */
export function endpointKeys({ target }: Deployment): string[] {
  return target?.network.endpoints.some(isGitEndpoint) ? [ENDPOINT_KEYS] : [];
}

/** C3. */
export const pullUserOnlyPulls: Claim<"C3"> = {
  id: "C3",
  title: "The pull user only pulls",
  statement:
    "The pull user may do nothing but GitPull on airlock repositories, from nowhere but the isolated zone.",
  proved: () => "The pull user may pull airlock repositories from the isolated zone, and do nothing else.",
  assumptions: (deployment) => endpointKeys(deployment),
  needs: ["target"],
  wayBack: "by the request",
  isSeenByPolicies: true,
  decide: (question) => {
    const { counterExamples, reasons, evidence } = findings(
      question.gate(),
      question.deployment.declared.isolatedTerminalCidrs,
    );
    const others = otherRights(question, "pull");
    return {
      evidence,
      counterExamples: [...counterExamples, ...others.counterExamples],
      reasons: [...reasons, ...others.reasons],
    };
  },
};

function findings({ pull, pullEndpoints, target }: Gate, cidrs: readonly string[]): Findings {
  const { allowed, besideAirlock, open } = pull();
  const endpointIds = pullEndpoints.flatMap(({ id }) => id ?? []);
  const vpcIds = pullVpcs(target, cidrs).flatMap(({ id }) => id ?? []);
  const zone = (region: Region): Region => {
    if (pullEndpoints.length === 0) return region.outside("aws:SourceIp", { cidrs });
    const beside = region
      .outside("aws:SourceVpce", { values: endpointIds })
      .outside("aws:SourceVpc", { values: vpcIds });
    // Of all that is beside, another's endpoint shows best what a lock that names none leaves open.
    const strange = beside
      .within("aws:SourceIp", { absent: true })
      .within("aws:SourceVpce", { values: [STRANGE_ENDPOINT] });
    return strange.isEmpty() ? beside : strange;
  };
  const attempts: [Region, string][] = [
    [allowed.outside("action", { values: [PULL] }), "The pull user is allowed more than GitPull"],
    [besideAirlock, "The pull user is allowed this beside the airlock repositories"],
    [
      zone(allowed),
      pullEndpoints.length === 0
        ? "The pull user is allowed this from beside the isolated terminals"
        : "The pull user is allowed this past the pull endpoint: any other endpoint, or none, will do",
    ],
  ];
  return {
    evidence: [
      { what: "actions that the pull user is allowed", values: allowed.along("action").values },
      { what: "endpoints that it is allowed through", values: allowed.along("aws:SourceVpce").values },
      ...(pullEndpoints.length === 0
        ? [{ what: "addresses that it is allowed from", values: allowed.along("aws:SourceIp").values }]
        : []),
      { what: "classes of requests that it is allowed", values: [String(allowed.classes())] },
    ],
    counterExamples: attempts
      .filter(([region]) => !region.isEmpty())
      .map(([region, says]) => requestExample(region, says)),
    reasons: open,
  };
}
