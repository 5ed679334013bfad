/** What people see of a rehearsal while it runs, and what machines read of it afterwards. */
import { readable } from "../../isolation/claims/readable";
import { boundAccounts } from "./boundAccounts";
import type { Console } from "./console";
import type { ResourceState } from "../engines/in-process/deployment";
import { renderPlace } from "../engines/in-process/yamlFile";
import type { Placeholder } from "./placeholders";
import type { RehearsalResult, RehearsalSteps, RehearsedTarget } from "./rehearse";
import type { DeployedStack } from "../engines/deployStack";

function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? noun : plural}`;
}

/** A chapter's title, with the target where there are several. */
function titled(title: string, target: string | undefined): string {
  return target === undefined ? title : `${target}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** Neither a component nor Pulumi's own, such as a provider or a stack reference. */
function isOfACloud({ custom, type }: ResourceState): boolean {
  return custom && !type.startsWith("pulumi:");
}

function resources({ deployment }: Pick<DeployedStack<"source">, "deployment">): string {
  return count(deployment.resources.filter(isOfACloud).length, "resource");
}

/** Prints each step to the screen. */
export function narrate(screen: Console): RehearsalSteps {
  screen.title("git-airlock rehearsal: both sides of the airlock on this machine, without a cloud account");
  return {
    ...narrateDeployment(screen),
    ...narrateDelivery(screen),
    ...narrateEscapes(screen),
    ...narrateProof(screen),
    ...narrateTripwires(screen),
    ...narrateDayTwo(screen),
  };
}

function narrateDeployment(
  screen: Console,
): Pick<
  RehearsalSteps,
  "noted" | "sourceDeployed" | "targetDeployed" | "mirrorDeployed" | "organizationDeployed"
> {
  screen.chapter("Deploy the stacks, from index.ts and the stack files");
  const warnings = ({ warnings }: Pick<DeployedStack<"source">, "warnings">) => {
    for (const warning of warnings) screen.warn(warning);
  };
  return {
    noted(note) {
      screen.warn(note);
    },
    sourceDeployed(source) {
      const addresses = source.deployment.output("natPublicIps");
      const detail = `NAT addresses ${Array.isArray(addresses) ? addresses.join(", ") : String(addresses)}`;
      screen.seen(true, `dev, the source: ${resources(source)}`, detail);
      warnings(source);
    },
    targetDeployed(target, pushAddresses) {
      screen.seen(
        true,
        `${target.deployment.stack}, the target: ${resources(target)}`,
        `the push policy admits ${pushAddresses.join(", ")}`,
      );
      warnings(target);
    },
    mirrorDeployed(mirror) {
      screen.seen(
        true,
        `mirror, the link: ${resources(mirror)}`,
        "the GitLab host learns what to push where from parameters that only it can read",
      );
      warnings(mirror);
    },
    organizationDeployed(organization) {
      const policies = organization.deployment.ofType("aws:organizations/policyAttachment:PolicyAttachment");
      screen.seen(
        true,
        `org, the organization: ${resources(organization)}`,
        `${count(policies.length, "policy", "policies")} attached to ${boundAccounts(organization).join(" and ")}: nobody else writes there`,
      );
      warnings(organization);
    },
  };
}

function narrateDelivery(
  screen: Console,
): Pick<
  RehearsalSteps,
  | "carryingIn"
  | "settingsKept"
  | "pushed"
  | "mirrorsSet"
  | "mirrored"
  | "tipsCompared"
  | "cloned"
  | "delivered"
> {
  return {
    carryingIn(repository, target) {
      screen.chapter(titled(`Carry ${repository} in`, target));
    },
    settingsKept({ counts }) {
      const settings = `the GitLab host put ${count(counts.settings, "setting")} of a fresh GitLab right`;
      const made = counts.administrators === 0 ? "" : ", and made the first administrator";
      screen.seen(true, settings + made, "settings.rb, run by a real Ruby");
    },
    pushed(refs, gitlabUrl) {
      screen.seen(
        true,
        `a developer pushed ${count(refs.length, "branch or tag", "branches and tags")}`,
        gitlabUrl,
      );
    },
    mirrorsSet(set) {
      // Those of other targets were set with the first one's.
      if (set === 0) return;
      screen.seen(true, `the GitLab host set ${count(set, "mirror")}`, "reconcile.rb, run by a real Ruby");
    },
    mirrored(airlockUrl, from) {
      screen.seen(true, "GitLab's mirror pushed them on", `from ${from.join(" and ")} to ${airlockUrl}`);
    },
    tipsCompared(equal) {
      screen.seen(
        equal > 0,
        `the GitLab host listed the references of ${count(equal, "airlock repository", "airlock repositories")}: equal to GitLab's`,
        "git ls-remote, with the push credential and through the proxy",
      );
    },
    cloned(airlockUrl) {
      screen.seen(true, "an isolated terminal cloned them", airlockUrl);
    },
    delivered({ comparison: { equal, refs, objects, differences } }) {
      screen.seen(
        equal,
        `both ends compared: ${count(refs, "ref")}, ${count(objects, "object")}, ${equal ? "identical" : "different"}`,
      );
      differences.forEach((difference) => {
        screen.note(difference);
      });
    },
  };
}

function narrateEscapes(screen: Console): Pick<RehearsalSteps, "tryingToEscape" | "escapeTried"> {
  return {
    tryingToEscape(target) {
      screen.chapter(titled("Try to get data out", target));
    },
    escapeTried({ attempt, refused, by, alarms, knownGap }) {
      const fires = alarms.map((alarm) => `; fires ${alarm}`).join("");
      if (refused) screen.seen(true, attempt, `refused: ${by}${fires}`);
      else if (knownGap === undefined) screen.seen(false, attempt, `NOT REFUSED: ${by}`);
      else screen.warn(`${attempt}: not refused (${by}). ${knownGap}`);
    },
  };
}

function narrateProof(screen: Console): Pick<RehearsalSteps, "proved"> {
  return {
    proved({ verdicts }, practice, contradictions, target) {
      screen.chapter(titled("Prove it, from what was deployed", target));
      for (const { claim, status, summary } of verdicts) {
        if (status === "proved") screen.seen(true, `${claim} proved`, readable(summary));
        else screen.warn(`${claim} ${status}: ${readable(summary)}`);
      }
      for (const { claim, outcome, by } of practice) {
        if (outcome === "as the proof says")
          screen.seen(true, `${claim}'s counter-example, tried with git`, by);
        else if (outcome === "not tried") screen.note(`${claim}'s counter-example was not tried: ${by}`);
      }
      if (contradictions.length === 0) screen.seen(true, "Nothing that was tried contradicts the proof");
      for (const contradiction of contradictions) screen.seen(false, contradiction);
    },
  };
}

function narrateTripwires(
  screen: Console,
): Pick<RehearsalSteps, "triggeringTripwires" | "tripwireTriggered"> {
  return {
    triggeringTripwires(falseAlarms, target) {
      screen.chapter(titled("Trigger each tripwire", target));
      const quiet = falseAlarms.length === 0;
      screen.seen(quiet, `Carrying code in fired ${quiet ? "no alarm" : falseAlarms.join(" and ")}`);
    },
    tripwireTriggered({ tripwire, when, message }) {
      screen.seen(message !== undefined, `${tripwire}: ${when}`, message ?? "STAYED SILENT");
    },
  };
}

function narrateDayTwo(
  screen: Console,
): Pick<RehearsalSteps, "dayTwo" | "healed" | "disbelieved" | "rotated"> {
  return {
    dayTwo(target) {
      screen.chapter(titled("Day two", target));
    },
    healed({ healed, settingsHealed }) {
      const tell = (isBack: boolean, what: string) => {
        screen.seen(isBack, isBack ? what : `NOT HEALED: ${what}`);
      };
      tell(healed, "somebody turned a mirror off in GitLab; the host's next run put it back");
      if (settingsHealed !== undefined)
        tell(
          settingsHealed,
          "somebody opened sign-up and unprotected default branches; the next run undid it",
        );
    },
    disbelieved({ noticed }) {
      const what =
        "GitLab said that it had pushed what the airlock repository lacked; the host did not believe it";
      screen.seen(noticed, noticed ? what : `BELIEVED: ${what}`);
    },
    rotated({ epochs, pushes, failed, oldIsRefused }) {
      const steps = epochs.map((live) => `[${live.join(", ")}]`).join(" → ");
      screen.seen(
        failed.length === 0 && oldIsRefused,
        `the push credential was rotated while people pushed: ${count(pushes, "push", "pushes")} carried on, ` +
          `${failed.length} failed`,
        `pushCredentialEpochs ${steps}; the old credential is ${oldIsRefused ? "refused" : "STILL ACCEPTED"}`,
      );
      for (const reason of failed) screen.note(reason);
    },
  };
}

/** The result as `--json` prints it. Holds no secret and no time: rehearsals of one seed give equal documents. */
export function asJson(result: RehearsalResult): object {
  const { source, mirror, organization, passed, notes, placeholders, others } = result;
  return {
    passed,
    notes,
    placeholders,
    source: { ...stackAsJson(source), natPublicIps: source.deployment.output("natPublicIps") },
    mirror: stackAsJson(mirror),
    ...(organization && { organization: stackAsJson(organization) }),
    ...targetAsJson(result),
    ...(others.length > 0 && {
      others: Object.fromEntries(others.map((other) => [other.target.deployment.stack, targetAsJson(other)])),
    }),
  };
}

function stackAsJson({ deployment, warnings }: Pick<DeployedStack<"source">, "deployment" | "warnings">) {
  return { resources: deployment.resources.filter(isOfACloud).length, warnings };
}

function targetAsJson({ target, pushAddresses, report, rotation, ...findings }: RehearsedTarget): object {
  const { delivery, escapes, practice, contradictions, falseAlarms, tripwires, healing, disbelief } =
    findings;
  return {
    target: { ...stackAsJson(target), pushAddresses },
    delivery,
    escapes,
    verdicts: Object.fromEntries(report.verdicts.map(({ claim, status }) => [claim, status])),
    practice,
    contradictions,
    falseAlarms,
    tripwires,
    healing,
    disbelief,
    // How many pushes there are depends on the machine.
    rotation: { epochs: rotation.epochs, failed: rotation.failed, oldIsRefused: rotation.oldIsRefused },
  };
}

/** Lists what is to be replaced before anything is deployed. */
export function listPlaceholders(screen: Console, placeholders: readonly Placeholder[]): void {
  if (placeholders.length === 0) return;
  screen.heading(`Still as in the sample, and to be replaced before you deploy (${placeholders.length}):`);
  for (const { key, value, ...place } of placeholders)
    screen.item(`${renderPlace(place)}: ${key}: ${JSON.stringify(value)}`);
}

/** The rehearsal in one sentence. */
export function verdict({ passed, escapes, others }: RehearsalResult): string {
  if (!passed) return "Not everything went as expected: see the crosses above.";
  return [escapes, ...others.map((other) => other.escapes)].flat().every(({ refused }) => refused)
    ? "Code went in. Nothing came out."
    : "Code went in. Something could come out, by the ways marked with an exclamation mark above.";
}
