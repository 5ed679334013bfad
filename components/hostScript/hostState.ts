/** Puts the state that a script brings about into parameters of Systems Manager, for the GitLab host to read. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HostScope } from "./hostScope";
import { revisionOf, statusName } from "./parameters";

export interface HostStateArgs {
  /** Values that anybody may see, by name. */
  plain: Readonly<Record<string, string>>;
  /** The others. */
  secret: readonly { name: string; value: pulumi.Output<string> }[];
  /** What the secret ones are under; the account's own key of Systems Manager, if left out. */
  key?: aws.kms.Key;
}

export interface HostState {
  /** Changes with every change of the state. */
  revision: pulumi.Output<string>;
  /** Name of the parameter that the host writes its status into. */
  statusParameterName: string;
  /** Every parameter. */
  parameters: pulumi.Resource[];
}

export function createHostState(
  { name, parent, hierarchy }: HostScope,
  { plain, secret, key }: HostStateArgs,
): HostState {
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
    ...secret.map(({ name: path, value }) =>
      parameter(path, { type: "SecureString", ...(key && { keyId: key.arn }), value }),
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
  const revision = pulumi.all(secret.map(({ value }) => value)).apply((values) => {
    const opened = secret.map(({ name: path }, i): [string, string] => [path, values[i] ?? ""]);
    return revisionOf({ ...plain, ...Object.fromEntries(opened) });
  });
  return {
    // A hash of 190 random bits and more tells nothing of them, and the association has to show it.
    revision: pulumi.unsecret(revision),
    statusParameterName: `${hierarchy}/${statusName}`,
    parameters,
  };
}
