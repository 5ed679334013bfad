/** Which instances are GitLab hosts. */
import * as aws from "@pulumi/aws";
import type { StackValidationArgs } from "@pulumi/policy";
import { allOf, isWithin, matchesName, sourceComponent, type AnyResource, type Found } from "./resources";

/** How a program that does not use NetworkedGitlab says which instances are GitLab. */
export interface GitlabSettings {
  gitlabHosts: string;
}

export const gitlabDefaults: GitlabSettings = { gitlabHosts: "gitlab" };

export const gitlabSchema = {
  gitlabHosts: {
    type: "string" as const,
    description: "A regular expression for the Pulumi names of the instances that are GitLab hosts.",
    default: gitlabDefaults.gitlabHosts,
  },
};

/** Whether the instance is NetworkedGitlab's, or has the name of a GitLab host. */
export function isGitlabHost(instance: AnyResource, { gitlabHosts: pattern }: GitlabSettings): boolean {
  return isWithin(instance, sourceComponent) || matchesName(pattern, instance.name);
}

/** The stack's GitLab hosts, by the rule's own settings. */
export function gitlabHosts(args: StackValidationArgs): Found<aws.ec2.Instance>[] {
  const settings = { ...gitlabDefaults, ...args.getConfig<Partial<GitlabSettings>>() };
  return allOf(args.resources, aws.ec2.Instance).filter(({ resource }) => isGitlabHost(resource, settings));
}
