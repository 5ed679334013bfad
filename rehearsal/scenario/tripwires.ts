/** The target's tripwires: what rings them, and what they then say. */
import type { Account } from "../aws/account";
import { cloudTrailEvent, gitCall, type ApiCall } from "./cloudTrailEvents";
import type { CodeCommit } from "../git/codeCommit";
import type { MirroredStage } from "./stage";
import type { StoodUp } from "../engines/standUp";

/** An alarm that rang, a tripwire or one of the source's, and the message that people get. */
export interface Rung {
  /** Its name: a tripwire's without what rules add to it. */
  alarm: string;
  message: string;
}

/** What became of ringing a tripwire on purpose. */
export interface Ringing {
  tripwire: string;
  /** What was done. */
  when: string;
  /** What people were told; undefined where it stayed silent. */
  message: string | undefined;
}

export class Tripwires {
  #events = 0;

  constructor(
    private readonly account: Account,
    private readonly codeCommit: CodeCommit,
  ) {}

  /** The names of those that were laid. */
  get names(): string[] {
    return [
      ...new Set(this.account.eventBridge.ruleNames().flatMap((rule) => tripwireOf(rule) ?? [])),
    ].sort();
  }

  /** The name of a rule of a tripwire. */
  ruleOf(tripwire: string): string | undefined {
    return this.account.eventBridge.ruleNames().find((rule) => tripwireOf(rule) === tripwire);
  }

  /** Remembers where CodeCommit's log stands; the function it returns tells what the requests since have rung. */
  listen(): () => Rung[] {
    const before = this.codeCommit.audit.length;
    return () =>
      this.codeCommit.audit.slice(before).flatMap((record) => this.ring(gitCall(this.account, record)));
  }

  /** What a call rings; nothing for what is no call of this account. */
  ring(call: ApiCall | undefined): Rung[] {
    const { cloudTrail, eventBridge } = this.account;
    if (call === undefined || !cloudTrail.logsEverything()) return [];
    return eventBridge
      .put(cloudTrailEvent(this.account, call, ++this.#events))
      .flatMap(({ rule, message }) => {
        const alarm = tripwireOf(rule);
        return alarm === undefined ? [] : [{ alarm, message }];
      });
  }
}

/** Names of rules are the component's, the tripwire's and a number, and an end that Pulumi gives. */
function tripwireOf(rule: string): string | undefined {
  return /-tripwire-([a-z-]+)-\d+-[0-9a-f]+$/.exec(rule)?.[1];
}

/** The distinct names of what rang. */
export function namesOf(rung: readonly Rung[]): string[] {
  return [...new Set(rung.map(({ alarm }) => alarm))].sort();
}

/** Rings every tripwire once: with real git where git can ring it, else with what CloudTrail writes of the call. */
export async function ringEach(
  stage: MirroredStage,
  { account }: StoodUp<"target">,
  onRinging: (ringing: Ringing) => void,
): Promise<Ringing[]> {
  const { tripwires } = stage;
  const ringings: Ringing[] = [];
  for (const { tripwire, when, ring } of triggers(stage, account)) {
    if (!tripwires.names.includes(tripwire)) continue;
    const rung = (await ring()).find(({ alarm }) => alarm === tripwire);
    const ringing = { tripwire, when, message: rung?.message };
    onRinging(ringing);
    ringings.push(ringing);
  }
  return ringings;
}

interface Trigger {
  tripwire: string;
  when: string;
  ring: () => Rung[] | Promise<Rung[]>;
}

function triggers(stage: MirroredStage, account: Account): Trigger[] {
  const { tripwires, airlock, pushCredential, outside, gitlabHost, mirrorProxyUrl: proxyUrl } = stage;
  const caller = `arn:aws:sts::${account.accountId}:assumed-role/operator/somebody`;
  const call = (service: string, action: string, rest: Partial<ApiCall>) => () =>
    tripwires.ring({ service, action, caller, readOnly: false, ...rest });
  const byGit = (git: () => Promise<unknown>) => async () => {
    const heard = tripwires.listen();
    await git();
    return heard();
  };
  const userName = account.iam.users().find((user) => user.userName.endsWith("-push"))?.userName;
  return [
    {
      tripwire: "foreign-write",
      when: "somebody of the production account adds a trigger to an airlock repository",
      ring: call("codecommit", "PutRepositoryTriggers", {
        requestParameters: { repositoryName: airlock.name },
      }),
    },
    {
      tripwire: "notification",
      when: "somebody sets up a notification rule for a repository",
      ring: call("codestar-notifications", "CreateNotificationRule", {
        requestParameters: { resource: account.arn("codecommit", airlock.name) },
      }),
    },
    {
      tripwire: "gate-misuse",
      when: "somebody outside tries the push credential",
      ring: byGit(() => outside.git(["ls-remote", airlock.cloneUrlHttp], { credential: pushCredential })),
    },
    {
      tripwire: "push-user-read",
      when: "somebody on the GitLab host clones an airlock repository with the push credential",
      ring: byGit(() =>
        gitlabHost.git(["clone", "--quiet", "--bare", airlock.cloneUrlHttp, "carried-out.git"], {
          cwd: gitlabHost.home,
          credential: pushCredential,
          proxyUrl,
        }),
      ),
    },
    {
      tripwire: "gate-change",
      when: "somebody makes another credential for the push user",
      ring: call("iam", "CreateServiceSpecificCredential", {
        region: "us-east-1",
        requestParameters: { userName, serviceName: "codecommit.amazonaws.com" },
      }),
    },
    {
      tripwire: "silenced",
      when: "somebody turns a tripwire off",
      ring: call("events", "DisableRule", {
        requestParameters: { name: tripwires.ruleOf("foreign-write") },
      }),
    },
  ];
}
