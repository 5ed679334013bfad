/** Which VPCs are isolated. */
import { isWithin, known, propertiesOf } from "../../isolation/model/stack";
import type { StackValidationArgs } from "@pulumi/policy";
import type { Reference } from "../../isolation/model/deployment";
import { VPCS, VPC_ENDPOINT, TARGET_COMPONENT } from "../../isolation/model/types";
import { isGitEndpoint } from "../../isolation/packets/pinned";
import { describe, matchesName } from "./resources";
import type { ReadStack } from "./snapshot";

export const vpcDefaults = { isolatedVpcs: "" };

export const vpcSchema = {
  isolatedVpcs: {
    type: "string" as const,
    description:
      "A regular expression for the Pulumi names of further isolated VPCs, beside those of MirrorTarget and those with a " +
      "git-codecommit endpoint.",
    default: vpcDefaults.isolatedVpcs,
  },
};

/** An isolated VPC: of this stack, or one from outside of which only the id is known. */
export interface IsolatedVpc {
  label: string;
  reference: Reference;
  isInStack: boolean;
}

/** The stack's isolated VPCs: MirrorTarget's, those with a pull endpoint, and those that the rule's settings name. */
export function isolatedVpcs(args: StackValidationArgs, { stack }: ReadStack): IsolatedVpc[] {
  const { isolatedVpcs: pattern } = { ...vpcDefaults, ...args.getConfig<Partial<typeof vpcDefaults>>() };
  const pulling = stack
    .of(VPC_ENDPOINT)
    .filter((endpoint) => isGitEndpoint({ serviceName: known(propertiesOf(endpoint).serviceName) }))
    .flatMap((endpoint) => stack.candidates(endpoint, "vpcId", VPCS));
  const vpcs = stack.of(...VPCS);
  const own = vpcs.filter(
    (vpc) => isWithin(vpc, TARGET_COMPONENT) || matchesName(pattern, vpc.name) || pulling.includes(vpc.urn),
  );
  const brought = pulling.filter((reference) => vpcs.every(({ urn }) => urn !== reference));
  return [
    ...own.map((vpc) => ({ label: describe(vpc), reference: vpc.urn, isInStack: true })),
    ...[...new Set(brought)].map((id) => ({ label: id, reference: id, isInStack: false })),
  ];
}
