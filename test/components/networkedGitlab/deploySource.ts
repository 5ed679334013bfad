/** Sources deployed in an account of their own, and what tests ask of them. */
import type { NetworkedGitlabArgs } from "../../../components/networkedGitlab/args";
import type { NewGitlabArgs } from "../../../components/networkedGitlab/gitlabArgs";
import { NetworkedGitlab } from "../../../components/networkedGitlab/networkedGitlab";
import { outputsOf } from "../../../components/outputs";
import { Account } from "../../../rehearsal/aws/account";
import type { AccountOptions } from "../../../rehearsal/aws/accountContext";
import { deploy, DeployError } from "../../../rehearsal/engines/in-process/deploy";
import {
  textAt,
  type Deployment,
  type ResourceState,
} from "../../../rehearsal/engines/in-process/deployment";
import { accountId, newGitlab, region, someSource } from "./someSource";

export const selfSigned: NewGitlabArgs = {
  ...newGitlab,
  hostname: undefined,
  certificateArn: undefined,
  selfSignedCertificate: true,
};

/** A GitLab that exists already. */
export const theirs = { url: "https://gitlab.example.com", instanceId: "i-0123456789abcdef0" };

export type Changes = Partial<NetworkedGitlabArgs>;

/**
 * Deploys a source called "dev"; `before` makes what exists already, and says what follows from it.
 * @param holdings what the account has from the start
 */
export function deploySource(
  changes: Changes = {},
  before: () => Promise<Changes> = () => Promise.resolve({}),
  holdings: Partial<AccountOptions> = {},
) {
  return deploy({
    project: "git-airlock",
    stack: "dev",
    config: {},
    account: new Account({ accountId, region, seed: "test", ...holdings }),
    program: async () => {
      const args = someSource({ gitlab: selfSigned, ...changes, ...(await before()) });
      return outputsOf(new NetworkedGitlab("dev", args));
    },
  });
}

let ordinary: Promise<Deployment> | undefined;

/** The source of unchanged arguments, which tests only look at. */
export function ordinarySource(): Promise<Deployment> {
  return (ordinary ??= deploySource());
}

export async function refusal(...args: Parameters<typeof deploySource>): Promise<DeployError> {
  try {
    await deploySource(...args);
  } catch (error) {
    if (error instanceof DeployError) return error;
    throw error;
  }
  throw new Error("the arguments were taken");
}

export function instance(deployment: Deployment): ResourceState {
  return deployment.resource("aws:ec2/instance:Instance", "dev-gitlab");
}

export function subnetId(deployment: Deployment, name: string): string | undefined {
  return deployment.resource("aws:ec2/subnet:Subnet", `dev-network-${name}`).id;
}

/** The policy document at a path of a resource's inputs. */
export function document(resource: ResourceState, key: string): unknown {
  return JSON.parse(textAt(resource.inputs, key));
}
