/** Which VPCs are isolated, and what is in them. */
import * as aws from "@pulumi/aws";
import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { isGitService } from "./gitService";
import { ifKnown } from "./known";
import {
  allOf,
  describe,
  idOf,
  isWithin,
  knownIds,
  matchesName,
  referred,
  targetComponent,
  type Found,
} from "./resources";

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
  vpc?: Found<aws.ec2.Vpc>;
  id?: string;
}

/** The stack's isolated VPCs: MirrorTarget's, those with a pull endpoint, and those that the rule's settings name. */
export function isolatedVpcs(args: StackValidationArgs): IsolatedVpc[] {
  const { isolatedVpcs: pattern } = { ...vpcDefaults, ...args.getConfig<Partial<typeof vpcDefaults>>() };
  const vpcs = allOf(args.resources, aws.ec2.Vpc);
  const pullEndpoints = allOf(args.resources, aws.ec2.VpcEndpoint).filter(({ props }) =>
    isGitService(ifKnown(() => props.serviceName)),
  );
  const own = vpcs.filter(
    (vpc) =>
      isWithin(vpc.resource, targetComponent) ||
      matchesName(pattern, vpc.resource.name) ||
      pullEndpoints.some(({ resource }) => referred(resource, "vpcId", vpcs).includes(vpc)),
  );
  const brought = pullEndpoints
    .filter(({ resource }) => referred(resource, "vpcId", vpcs).length === 0)
    .flatMap(({ resource }) => knownIds(resource, "vpcId"));
  return [
    ...own.map((vpc) => ({ label: describe(vpc.resource), vpc, id: idOf(vpc.resource) })),
    ...[...new Set(brought)].map((id) => ({ label: id, id })),
  ];
}

/** Whether a property says the VPC, by its id, its ARN or what it was computed from. */
export function isIn(resource: PolicyResource, property: string, { vpc, id }: IsolatedVpc): boolean {
  const values = knownIds(resource, property);
  if (id !== undefined && values.some((value) => value === id || value.endsWith(`:vpc/${id}`))) {
    return true;
  }
  return vpc !== undefined && referred(resource, property, [vpc]).length > 0;
}

/** Whether a property says a subnet of the VPC. */
export function isInSubnet(
  resource: PolicyResource,
  property: string,
  vpc: IsolatedVpc,
  args: StackValidationArgs,
): boolean {
  const subnets = allOf(args.resources, aws.ec2.Subnet).filter((subnet) =>
    isIn(subnet.resource, "vpcId", vpc),
  );
  return referred(resource, property, subnets).length > 0;
}
