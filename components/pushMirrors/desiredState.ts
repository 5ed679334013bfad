/** Puts the desired mirrors into parameters of Systems Manager, in the source's account. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CheckedPushMirrorsArgs } from "./args";
import type { MirrorScope } from "./mirrorScope";
import { credentialName, plainParameters, revisionOf, statusName } from "./parameters";

export interface DesiredState {
  /** Changes with every change of the state. */
  revision: pulumi.Output<string>;
  /** Name of the parameter that the host writes its status into. */
  statusParameterName: string;
  /** Every parameter. */
  parameters: pulumi.Resource[];
}

/** @param key what the credentials are under */
export function createDesiredState(
  { name, parent, hierarchy }: MirrorScope,
  { targets, withdrawn, onlyProtectedBranches, createProjects }: CheckedPushMirrorsArgs,
  key: aws.kms.Key,
): DesiredState {
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
  const plain = plainParameters({ onlyProtectedBranches, createProjects }, mirrors);
  const credentials = targets.map((target) => ({
    name: credentialName(target.name),
    value: target.credential.apply(({ userName, password }) => JSON.stringify({ user: userName, password })),
  }));
  // What is plain is to be seen in previews and read from the state; `value` is a secret there, whatever it holds.
  const parameter = (
    path: string,
    args: Omit<aws.ssm.ParameterArgs, "name">,
    opts?: pulumi.ResourceOptions,
  ) =>
    new aws.ssm.Parameter(
      `${name}-${path.replaceAll("/", "-")}`,
      { name: `${hierarchy}/${path}`, ...args },
      { parent, ...opts },
    );
  const parameters = [
    ...credentials.map(({ name: path, value }) =>
      parameter(path, { type: "SecureString", keyId: key.arn, value }),
    ),
    ...Object.entries(plain).map(([path, value]) =>
      parameter(path, { type: "String", insecureValue: value }),
    ),
    parameter(
      statusName,
      { type: "String", insecureValue: JSON.stringify({ outcome: "has not run yet" }) },
      // The host's, from then on.
      { ignoreChanges: ["insecureValue"] },
    ),
  ];
  const revision = pulumi.all(credentials.map(({ value }) => value)).apply((values) => {
    const secret = credentials.map(({ name: path }, i): [string, string] => [path, values[i] ?? ""]);
    return revisionOf({ ...plain, ...Object.fromEntries(secret) });
  });
  return {
    // A hash of 256 random bits and more tells nothing of them, and the association has to show it.
    revision: pulumi.unsecret(revision),
    statusParameterName: `${hierarchy}/${statusName}`,
    parameters,
  };
}
