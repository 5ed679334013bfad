/** Puts the desired mirrors into parameters of Systems Manager, in the source's account. */
import type * as aws from "@pulumi/aws";
import type { HostScope } from "../hostScript/hostScope";
import { createHostState, type HostState } from "../hostScript/hostState";
import { credentialName } from "../hostScript/parameters";
import type { CheckedPushMirrorsArgs } from "./args";
import { plainParameters } from "./parameters";

/** @param key what the credentials are under */
export function createDesiredState(
  scope: HostScope,
  { targets, withdrawn, onlyProtectedBranches, createProjects }: CheckedPushMirrorsArgs,
  key: aws.kms.Key,
): HostState {
  const mirrors = withdrawn
    ? []
    : targets.flatMap(({ name: target, repositories }) =>
        repositories.map(({ gitlabProject: project, name: repository, cloneUrlHttp: url }) => ({
          target,
          repository,
          project,
          url,
        })),
      );
  return createHostState(scope, {
    plain: plainParameters({ onlyProtectedBranches, createProjects }, mirrors),
    secret: targets.map((target) => ({
      name: credentialName(target.name),
      value: target.credential.apply(({ userName, password }) =>
        JSON.stringify({ user: userName, password }),
      ),
    })),
    key,
  });
}
