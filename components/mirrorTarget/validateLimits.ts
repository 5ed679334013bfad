/** Whether the policies that the arguments lead to stay within AWS's sizes. */
import { airlockArns } from "./airlockRepositories";
import { inboundRules, repositoriesOfAnAccount, zonesOfARegion } from "../limits";
import type { CheckedMirrorTargetArgs } from "./args";
import { endpointPolicy, policyText, pullPolicy, pushPolicy } from "./policyDocuments";
import { POLICIES_PER_USER, room } from "./policySplit";
import { RESOURCE_CONTROL_POLICY_LIMIT } from "./resourceControlPolicy";
import { SERVICE_CONTROL_POLICY_LIMIT } from "./serviceControlPolicy";
import {
  pullPolicies,
  pushLock,
  pushPolicies,
  specimenPullLock,
  targetResourceControlPolicy,
  targetServiceControlPolicy,
} from "./targetPolicies";

/**
 * Characters in an endpoint policy, white space included
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html).
 */
export const ENDPOINT_POLICY_LIMIT = 20_480;

const ASK_FOR_PREFIX = "set repositoryPrefix, which names all repositories by one pattern";

/** An argument that leads to something too large. */
export interface LimitProblem {
  /** Where the argument stands, e.g. `["pull", "isolatedTerminalCidrs"]`. */
  path: readonly string[];
  message: string;
}

/** What is too large, with the numbers and the way out. The arguments are otherwise sound. */
export function limitProblems(name: string, args: CheckedMirrorTargetArgs): LimitProblem[] {
  return [
    ...countProblems(args),
    ...lockProblems(args),
    ...endpointPolicyProblems(args),
    ...controlPolicyProblems(name, args),
  ];
}

/** Lists whose items are rules, network interfaces or resources each. */
function countProblems({ pull, repositories }: CheckedMirrorTargetArgs): LimitProblem[] {
  const lists: { path: string[]; count: number; most: number; why: string }[] = [
    {
      path: ["repositories"],
      count: repositories.length,
      most: repositoriesOfAnAccount,
      why: "repositories, and AWS lets an account have {most}; split them over the target stacks of several accounts",
    },
  ];
  if (pull.mode === "endpoint") {
    const { isolatedTerminalCidrs, network } = pull;
    lists.push({
      path: ["pull", "isolatedTerminalCidrs"],
      count: isolatedTerminalCidrs.length,
      most: inboundRules,
      why: "CIDRs, and a security group holds {most} inbound rules, one for each; give fewer, wider ones",
    });
    if ("vpcId" in network)
      lists.push({
        path: ["pull", "network", "subnetIds"],
        count: network.subnetIds.length,
        most: zonesOfARegion,
        why: "subnets, and an endpoint takes one in each zone, of which no Region has more than {most}; give one a zone",
      });
  }
  return lists.flatMap(({ path, count, most, why }) =>
    count <= most
      ? []
      : [{ path, message: `${count} ${why.replace("{most}", most.toLocaleString("en-US"))}` }],
  );
}

function lockProblems(args: CheckedMirrorTargetArgs): LimitProblem[] {
  const arns = airlockArns(args);
  const longestArn = Math.max(...arns.map((arn) => arn.length)) + '"",'.length;
  const push = pushLock(args);
  const pull = specimenPullLock(args);
  return [
    {
      path: ["pushSourceAddresses"],
      user: "push",
      space: room((resources) => pushPolicy(resources, push, args.references)),
      count: () => pushPolicies(args).length,
    },
    {
      path: ["pull", "isolatedTerminalCidrs"],
      user: "pull",
      space: room((resources) => pullPolicy(resources, pull)),
      count: () => pullPolicies(args).length,
    },
  ].flatMap(({ path, user, space, count }) => {
    if (space < longestArn)
      return [{ path, message: "too many to fit into one policy; give fewer, wider ones" }];
    const policies = count();
    if (policies <= POLICIES_PER_USER) return [];
    const message =
      `the exact ARNs of ${arns.length} repositories need ${policies} managed policies on the ` +
      `${user} user, which holds ${POLICIES_PER_USER}; ${ASK_FOR_PREFIX}`;
    return [{ path: ["repositories"], message }];
  });
}

function endpointPolicyProblems(args: CheckedMirrorTargetArgs): LimitProblem[] {
  if (args.pull.mode !== "endpoint") return [];
  const arns = airlockArns(args);
  const { length } = policyText(endpointPolicy(arns));
  if (length <= ENDPOINT_POLICY_LIMIT) return [];
  const message =
    `the exact ARNs of ${arns.length} repositories make an endpoint policy of ${length} characters, ` +
    `and AWS takes ${ENDPOINT_POLICY_LIMIT}; ${ASK_FOR_PREFIX}`;
  return [{ path: ["repositories"], message }];
}

/** One problem where both are too long: what makes them short is the same. */
function controlPolicyProblems(name: string, args: CheckedMirrorTargetArgs): LimitProblem[] {
  const writers = args.deployerArns.length + args.breakGlassArns.length;
  const [tooLong] = [
    {
      what: "resource control policy",
      text: targetResourceControlPolicy(name, args, specimenPullLock(args)),
      most: RESOURCE_CONTROL_POLICY_LIMIT,
    },
    {
      what: "service control policy",
      text: targetServiceControlPolicy(name, args),
      most: SERVICE_CONTROL_POLICY_LIMIT,
    },
  ].filter(({ text, most }) => text.length > most);
  if (tooLong === undefined) return [];
  const message =
    `with ${writers} writers, those of breakGlassArns included, the ${tooLong.what} has ${tooLong.text.length} characters, ` +
    `and AWS takes ${tooLong.most}; name fewer`;
  return [{ path: ["deployerArns"], message }];
}
