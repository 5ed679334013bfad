/** Makes a gate user: an IAM user that can do nothing but git, and only through its lock. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../scope";
import { gateUserName } from "./targetPolicies";

/** What git asks for. */
export interface GitCredential {
  userName: string;
  password: string;
}

export interface GateUserArgs {
  /** Its policy documents. How many there are is known, what is in them may wait. */
  policies: pulumi.Input<string>[];
  /** Epochs of its live credentials, ascending; the last is the active one. */
  credentialEpochs: number[];
}

export interface GateUser {
  userName: pulumi.Output<string>;
  /** The credential of the last epoch, a secret. */
  activeCredential: pulumi.Output<GitCredential>;
}

/**
 * The user, its policies, and one git credential for each live epoch. A credential is named by its epoch: going from
 * [3] to [3, 4] makes one, going on to [4] deletes the other. Named by position, the same step would replace both.
 *
 * `forceDestroy` stays off. With it, deleting the user would silently delete a credential, access key or password
 * that someone added by hand; without it, AWS refuses and the stranger surfaces.
 */
export function createGateUser(scope: Scope, gate: "push" | "pull", args: GateUserArgs): GateUser {
  const { parent } = scope;
  const name = gateUserName(scope.name, gate);
  const user = new aws.iam.User(name, { name, forceDestroy: false }, { parent });

  args.policies.forEach((policy, i) => {
    const managed = new aws.iam.Policy(
      `${name}-policy-${i + 1}`,
      { name: `${name}-${i + 1}`, policy },
      { parent },
    );
    new aws.iam.UserPolicyAttachment(
      `${name}-policy-attachment-${i + 1}`,
      { user: user.name, policyArn: managed.arn },
      { parent },
    );
  });

  const credentials = args.credentialEpochs.map(
    (epoch) =>
      new aws.iam.ServiceSpecificCredential(
        `${name}-credential-${epoch}`,
        { userName: user.name, serviceName: "codecommit.amazonaws.com" },
        { parent },
      ),
  );
  const active = credentials.at(-1);
  if (active === undefined) throw new Error(`the gate user ${name} has no live credential epoch`);
  return {
    userName: user.name,
    activeCredential: pulumi.secret({ userName: active.serviceUserName, password: active.servicePassword }),
  };
}
