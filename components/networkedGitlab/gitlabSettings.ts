/** Keeps the settings of the GitLab host's GitLab, and makes its first administrator. */
import * as pulumi from "@pulumi/pulumi";
import { createHostAssociation, watchAssociation } from "../hostScript/hostAssociation";
import type { HostScope } from "../hostScript/hostScope";
import { createHostState } from "../hostScript/hostState";
import { credentialName, settingsName } from "../hostScript/parameters";
import type { AlarmTopic } from "../alarms/alarmTopic";
import type { Scope } from "../scope";
import {
  desiredAdministrator,
  settingsScript,
  settingsValue,
  type AdministratorCredential,
} from "./desiredSettings";
import type { NewGitlabArgs } from "./gitlabArgs";
import type { GitlabHost } from "./gitlabHost";
import { randomPassword } from "./rootPassword";

export interface GitlabSettings {
  /** Name of the parameter with the result of the host's last run, as JSON (settings.rb). */
  statusParameterName: string;
  /** Name of the SecureString parameter with the administrator's name and first password, as JSON; undefined without one. */
  administratorParameterName: string | undefined;
}

/**
 * Parameters with what is wanted, and an association that runs settings.rb on the host at every change of it and every 30
 * minutes: what is changed by hand is put back. Undefined where the settings are not to be kept.
 *
 * The administrator's password is delivered as root's is. The host sends no mail, so GitLab could not let them choose one;
 * an ssh key alone would let them push and not sign in. It is given to GitLab once, when the user is made.
 *
 * Costs nothing: standard parameters, associations and documents are free, and an alarm's rule too.
 * @see https://aws.amazon.com/systems-manager/pricing/
 */
export function createGitlabSettings(
  { name, ...scope }: Scope,
  { keepSettings, administrator }: NewGitlabArgs,
  { instance, roleName }: GitlabHost,
  alarms: AlarmTopic | undefined,
): GitlabSettings | undefined {
  if (!keepSettings) return undefined;
  const hierarchy = `/${pulumi.getProject()}/${pulumi.getStack()}/${name}-settings`;
  const settings: HostScope = { ...scope, name: `${name}-settings`, hierarchy };
  const credential = credentialName("administrator");
  const state = createHostState(settings, {
    plain: { [settingsName]: settingsValue(administrator && desiredAdministrator(administrator)) },
    secret: administrator
      ? [{ name: credential, value: firstPassword({ name, ...scope }, administrator.username) }]
      : [],
  });
  const { region } = scope;
  const association = createHostAssociation(settings, {
    script: settingsScript({ region, prefix: hierarchy }),
    description: "Keeps GitLab's own settings, and makes its first administrator",
    step: "keepSettings",
    instanceId: instance.id,
    roleName,
    state,
  });
  if (alarms) {
    const why = `The parameter ${state.statusParameterName} says why.`;
    watchAssociation(settings, association, `kept GitLab's settings (<status>, <time>). ${why}`, alarms);
  }
  return {
    statusParameterName: state.statusParameterName,
    administratorParameterName: administrator && `${hierarchy}/${credential}`,
  };
}

function firstPassword(scope: Scope, username: string): pulumi.Output<string> {
  return randomPassword(scope, `${scope.name}-administrator-password`).apply((password) => {
    const credential: AdministratorCredential = { username, password };
    return JSON.stringify(credential);
  });
}
