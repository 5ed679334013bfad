/** The first password of GitLab's administrator. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Scope } from "../scope";

/** Where the password lies. */
export interface RootPassword {
  /** Name of the SecureString parameter. */
  parameterName: string;
  parameterArn: string;
  parameter: aws.ssm.Parameter;
}

/** Letters and digits only: 190 bits, and nothing that a shell, JSON or a person could misread. It is a secret. */
export function randomPassword({ parent }: Scope, name: string): pulumi.Output<string> {
  return new random.RandomPassword(name, { length: 32, special: false }, { parent }).result;
}

/**
 * A random password, kept as a SecureString under the account's own Systems Manager key. The parameter is named by
 * project and stack, so that its ARN is known before it exists and the host's role can name it.
 *
 * GitLab takes it while it makes its database, and nobody has to change it: it is random, and at the first sign-in GitLab does
 * not ask for another. Nor does anything put it back when somebody has changed it. To do so would turn a decision of the
 * administrator's around within half an hour, in favor of a password that whoever reads this parameter knows.
 */
export function createRootPassword(scope: Scope): RootPassword {
  const name = `${scope.name}-root-password`;
  const parameterName = `/${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
  const password = randomPassword(scope, name);
  const parameter = new aws.ssm.Parameter(
    name,
    {
      name: parameterName,
      description: "First password of GitLab's user root; once changed in GitLab, this one is void",
      type: "SecureString",
      value: password,
    },
    { parent: scope.parent },
  );
  const parameterArn = `arn:aws:ssm:${scope.region}:${scope.accountId}:parameter${parameterName}`;
  return { parameterName, parameterArn, parameter };
}
