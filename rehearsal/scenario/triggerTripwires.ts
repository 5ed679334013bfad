/** The exercise of the target's tripwires: each is triggered once, on purpose. */
import type { Account } from "../aws/account";
import type { DeployedStack } from "../engines/deployStack";
import type { ApiCall } from "./cloudTrailEvents";
import type { FiredAlarm } from "./firedAlarm";
import type { Testbed } from "./testbed";

/** What became of a tripwire that was triggered on purpose. */
export interface TriggeredTripwire {
  tripwire: string;
  /** What was done. */
  when: string;
  /** The message that people got; undefined where it stayed silent. */
  message: string | undefined;
}

/** Triggers every tripwire once: with real git where git can, else with what CloudTrail writes of the call. */
export async function triggerEach(
  testbed: Testbed,
  { account }: DeployedStack<"target">,
  onTriggered: (triggered: TriggeredTripwire) => void,
): Promise<TriggeredTripwire[]> {
  const { tripwires } = testbed;
  const results: TriggeredTripwire[] = [];
  for (const { tripwire, when, trigger } of triggers(testbed, account)) {
    if (!tripwires.names.includes(tripwire)) continue;
    const fired = (await trigger()).find(({ alarm }) => alarm === tripwire);
    const result = { tripwire, when, message: fired?.message };
    onTriggered(result);
    results.push(result);
  }
  return results;
}

interface Trigger {
  tripwire: string;
  when: string;
  trigger: () => FiredAlarm[] | Promise<FiredAlarm[]>;
}

function triggers(testbed: Testbed, account: Account): Trigger[] {
  const {
    tripwires,
    airlock,
    pushCredential,
    outside,
    gitlabHost,
    mirrorProxyUrl: proxyUrl,
    stack,
  } = testbed;
  const caller = `arn:aws:sts::${account.accountId}:assumed-role/operator/somebody`;
  const call = (service: string, action: string, rest: Partial<ApiCall>) => () =>
    tripwires.firedBy({ service, action, caller, readOnly: false, ...rest });
  const byGit = (git: () => Promise<unknown>) => async () => {
    const fired = tripwires.record();
    await git();
    return fired();
  };
  const userName = account.iam.users().find((user) => user.userName.endsWith("-push"))?.userName;
  return [
    {
      tripwire: "foreign-write",
      when: "somebody of the production account adds a trigger to an airlock repository",
      trigger: call("codecommit", "PutRepositoryTriggers", {
        requestParameters: { repositoryName: airlock.name },
      }),
    },
    {
      tripwire: "notification",
      when: "somebody sets up a notification rule for a repository",
      trigger: call("codestar-notifications", "CreateNotificationRule", {
        requestParameters: { resource: account.arn("codecommit", airlock.name) },
      }),
    },
    {
      tripwire: "gate-misuse",
      when: "somebody outside tries the push credential",
      trigger: byGit(() => outside.git(["ls-remote", airlock.cloneUrlHttp], { credential: pushCredential })),
    },
    {
      tripwire: "push-user-read",
      when: "somebody on the GitLab host clones an airlock repository with the push credential",
      trigger: byGit(() =>
        gitlabHost.git(["clone", "--quiet", "--bare", airlock.cloneUrlHttp, `carried-out-${stack}.git`], {
          cwd: gitlabHost.home,
          credential: pushCredential,
          proxyUrl,
        }),
      ),
    },
    {
      tripwire: "gate-change",
      when: "somebody makes another credential for the push user",
      trigger: call("iam", "CreateServiceSpecificCredential", {
        region: "us-east-1",
        requestParameters: { userName, serviceName: "codecommit.amazonaws.com" },
      }),
    },
    {
      tripwire: "silenced",
      when: "somebody turns a tripwire off",
      trigger: call("events", "DisableRule", {
        requestParameters: { name: tripwires.ruleOf("foreign-write") },
      }),
    },
  ];
}
