/** Keeps the active pull credential where the isolated zone's administrators can read it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../scope";
import type { GitCredential } from "./gateUser";

/**
 * A secret with the credential as JSON, `{"userName": …, "password": …}`, always of the last epoch. It gets a name of
 * its own from Pulumi: a fixed one would stay taken for the 30 days in which AWS keeps a deleted secret recoverable.
 */
export function createPullSecret(
  { name: component, parent }: Scope,
  credential: pulumi.Output<GitCredential>,
): aws.secretsmanager.Secret {
  const name = `${component}-pull-secret`;
  const secret = new aws.secretsmanager.Secret(
    name,
    { description: "Git credential with which isolated terminals pull from the airlock repositories" },
    { parent },
  );
  new aws.secretsmanager.SecretVersion(
    `${name}-version`,
    { secretId: secret.id, secretString: pulumi.jsonStringify(credential) },
    { parent },
  );
  return secret;
}
