/** An AWS account that has nothing to do with either side: where an insider with a credential of his own would push. */
import { Account } from "../aws/account";
import type { Credential } from "../git/gitClient";

export interface Stranger {
  account: Account;
  repositoryName: string;
  /** Git credential of a user who may do anything in that account. */
  credential: Credential;
}

/** The account's id; the second one where the first is one of ours. */
const accountIds = ["999999999999", "888888888888", "777777777777"];

/** Opens an account that is none of `ours`, with one repository and one user who may do anything. */
export async function openStrangersAccount(
  region: string,
  seed: string,
  ours: readonly string[] = [],
): Promise<Stranger> {
  const accountId = accountIds.find((id) => !ours.includes(id)) ?? "";
  const account = new Account({ accountId, region, seed });
  const repositoryName = "loot";
  await account.create({
    type: "aws:codecommit/repository:Repository",
    name: "stranger",
    inputs: { repositoryName },
  });
  return { account, repositoryName, credential: await createAlmightyUser(account, "stranger") };
}

const insiders = new WeakMap<Account, Promise<Credential>>();

/** Git credential of somebody of an account who may do anything there, whatever is deployed in it. */
export function insiderOf(account: Account): Promise<Credential> {
  const insider = insiders.get(account) ?? createAlmightyUser(account, "insider");
  insiders.set(account, insider);
  return insider;
}

/** Makes a user who may do anything in the account, and a git credential of theirs. */
async function createAlmightyUser(account: Account, name: string): Promise<Credential> {
  const make = (type: string, inputs: Record<string, unknown>) => account.create({ type, name, inputs });
  await make("aws:iam/user:User", { name });
  const everything = { Sid: "Everything", Effect: "Allow", Action: "codecommit:*", Resource: "*" };
  const policy = await make("aws:iam/policy:Policy", {
    name: "everything",
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [everything] }),
  });
  await make("aws:iam/userPolicyAttachment:UserPolicyAttachment", {
    user: name,
    policyArn: policy.outputs["arn"],
  });
  const { outputs } = await make("aws:iam/serviceSpecificCredential:ServiceSpecificCredential", {
    serviceName: "codecommit.amazonaws.com",
    userName: name,
  });
  return { user: String(outputs["serviceUserName"]), password: String(outputs["servicePassword"]) };
}
