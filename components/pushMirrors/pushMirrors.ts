/** The link: what tells the source's GitLab to push to the targets, and with which credential. */
import * as pulumi from "@pulumi/pulumi";
import { checkedArgs } from "../checkedArgs";
import { createHostAssociation } from "../hostScript/hostAssociation";
import type { HostScope } from "../hostScript/hostScope";
import { outputsOf } from "../outputs";
import { pushMirrorsSchema, type PushMirrorsArgs } from "./args";
import { createCredentialKey } from "./credentialKey";
import { reconcileScript } from "./desiredMirrors";
import { createDesiredState } from "./desiredState";
import { createMirrorAlarms } from "./mirrorAlarms";

/** A mirror as outputs tell of it. */
export interface PushMirror {
  /** The target's stack. */
  target: string;
  /** Path of the project in GitLab. */
  gitlabProject: string;
  cloneUrlHttp: string;
}

/**
 * Push mirrors on a GitLab host that Systems Manager reaches, set from inside of it: no token exists, and nothing is
 * opened inbound. GitLab's REST API could not do it, since it takes a credential inside of a URL and CodeCommit's passwords
 * often hold a slash.
 *
 * Makes, for a component named `n`, in the source's account:
 * 1. the key `n-credentials`, and under it a SecureString for each target's credential;
 * 2. a plain parameter for each mirror, one for how they are set, and one for the host's status;
 * 3. a document with the reconcile script (reconcile.rb), an association that runs it at every change and every 30
 *    minutes, and a policy of the host's role that lets it read these parameters, and no others;
 * 4. with `alarms`, a state machine `n-metrics` that makes metrics of the status, and alarms on a run that failed, on a
 *    repository that is behind and, where the host is always on, on silence; with `dashboard` too, that.
 *
 * Costs, in US dollars a month at list prices of ap-northeast-1 in 2026-09, 1 for the key, and with alarms about 1.80
 * more (mirrorAlarms.ts).
 *
 * To undo: deploy it once with `withdrawn`, look that the status says so, then destroy.
 */
export class PushMirrors extends pulumi.ComponentResource {
  /** The mirrors that are wanted. */
  readonly mirrors: pulumi.Output<PushMirror[]>;
  /** Hash of the desired state; the status says of which one it speaks. */
  readonly revision: pulumi.Output<string>;
  /** Name of the parameter with the result of the host's last run, as JSON (reconcile.rb). */
  readonly statusParameterName: pulumi.Output<string>;
  readonly associationId: pulumi.Output<string>;

  /** @throws pulumi.ResourceError that lists everything wrong with the arguments; then nothing is made */
  constructor(name: string, given: PushMirrorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("git-airlock:mirror:PushMirrors", name, {}, opts);
    const hierarchy = `/${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
    const args = checkedArgs(this, pushMirrorsSchema(hierarchy), given, []);

    const { region, accountId, fips } = args;
    const scope: HostScope = { name, parent: this, region, accountId, fips, hierarchy };
    const key = createCredentialKey(scope, args);
    const state = createDesiredState(scope, args, key);
    const association = createHostAssociation(scope, {
      script: reconcileScript({ region, prefix: hierarchy }),
      description: "Sets GitLab's push mirrors as the parameters say",
      step: "reconcile",
      instanceId: args.gitlabInstanceId,
      roleName: args.gitlabRoleName,
      state,
      key,
    });
    if (args.alarms) {
      const { statusParameterName } = state;
      createMirrorAlarms(scope, args.alarms, { statusParameterName, association }, args.dashboard);
    } else if (args.dashboard) {
      void pulumi.log.warn(
        "There is no dashboard: the source's alarms, whose metrics it would show, are off.",
        this,
      );
    }

    const targets = args.withdrawn ? [] : args.targets;
    this.mirrors = pulumi.output(
      targets.flatMap(({ name: target, repositories }) =>
        repositories.map(({ gitlabProject, cloneUrlHttp }) => ({ target, gitlabProject, cloneUrlHttp })),
      ),
    );
    this.revision = state.revision;
    this.statusParameterName = pulumi.output(state.statusParameterName);
    this.associationId = association.associationId;
    this.registerOutputs(outputsOf(this));
  }
}
