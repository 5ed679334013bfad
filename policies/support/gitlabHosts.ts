/** Which instances are GitLab hosts. */
import { isWithin } from "../../isolation/model/stack";
import type { StackValidationArgs } from "@pulumi/policy";
import type { StackResource } from "../../isolation/model/snapshot";
import { INSTANCE, SOURCE_COMPONENT } from "../../isolation/model/types";
import { matchesName, type AnyResource } from "./resources";
import type { ReadStack } from "./snapshot";

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
  return isWithin(instance, SOURCE_COMPONENT) || matchesName(pattern, instance.name);
}

/** The stack's GitLab hosts, by the rule's own settings. */
export function gitlabHosts(args: StackValidationArgs, { stack }: ReadStack): StackResource[] {
  const settings = { ...gitlabDefaults, ...args.getConfig<Partial<GitlabSettings>>() };
  return stack.of(INSTANCE).filter((instance) => isGitlabHost(instance, settings));
}
