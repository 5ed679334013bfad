/** The target's tripwires: which alarms fire on what CloudTrail writes of a call. */
import type { Account } from "../aws/account";
import { cloudTrailEvent, gitCall, type ApiCall } from "./cloudTrailEvents";
import type { CodeCommit } from "../git/codeCommit";
import type { FiredAlarm } from "./firedAlarm";

export class Tripwires {
  #events = 0;

  constructor(
    private readonly account: Account,
    private readonly codeCommit: CodeCommit,
  ) {}

  /** The names of those that were deployed. */
  get names(): string[] {
    return [
      ...new Set(this.account.eventBridge.ruleNames().flatMap((rule) => tripwireOf(rule) ?? [])),
    ].sort();
  }

  /** The name of a rule of a tripwire. */
  ruleOf(tripwire: string): string | undefined {
    return this.account.eventBridge.ruleNames().find((rule) => tripwireOf(rule) === tripwire);
  }

  /** Records CodeCommit's requests from now on; the function it returns lists the alarms that they have fired. */
  record(): () => FiredAlarm[] {
    const before = this.codeCommit.audit.length;
    return () =>
      this.codeCommit.audit.slice(before).flatMap((record) => this.firedBy(gitCall(this.account, record)));
  }

  /** The alarms that a call fires; none for what is not a call of this account. */
  firedBy(call: ApiCall | undefined): FiredAlarm[] {
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
