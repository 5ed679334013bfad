/** What acts in an account by itself, and could undo what is proved of its state: a schedule that attaches a policy, for one. */
import { sidesOf } from "../model/sides";
import { CONCERNS, type Concern } from "../../facts/resourceTypes";
import { CHANGES, unlistedChange, type Changes } from "../access/changes";
import type { Takeovers } from "../access/takeover";
import type { Deployment, Gap, Host, Identity, Side } from "../model/deployment";

/**
 * The deployment, with a gap of each side for everything in its account that may change what claims are about.
 * @param takeoversOf who can act as whom, by account
 */
export function withLaterChanges(
  deployment: Deployment,
  takeoversOf: (account: string) => Takeovers,
): Deployment {
  const { source, target, declared } = deployment;
  const accepted = new Set(declared.accepted.map(({ urn }) => urn));
  const all = sidesOf(deployment);
  const changed = (side: Side): Side => {
    const { accountId } = side;
    const takeovers = takeoversOf(accountId ?? "");
    const isInAccount = (other: Side) => other === side || [accountId, undefined].includes(other.accountId);
    const found = [
      ...all
        .filter(isInAccount)
        .flatMap(({ network }) => network.hosts.flatMap((host) => changesBy(host, takeovers))),
      // Source and target are asked about themselves; other stacks are not.
      ...all.filter((other) => other !== source && other !== target && isInAccount(other)).flatMap(gapsOf),
    ];
    const gaps = found.filter(({ urn }) => !accepted.has(urn));
    return gaps.length === 0 ? side : { ...side, gaps: [...side.gaps, ...gaps] };
  };
  return {
    ...deployment,
    ...(source !== undefined && { source: changed(source) }),
    ...(target !== undefined && { target: changed(target) }),
  };
}

/** What another stack leaves open in the account, and what it runs there. */
function gapsOf({ stack, gaps, network }: Side): Gap[] {
  const running = network.hosts.filter(({ kind, subnets }) => kind === "instance" || subnets.length > 0);
  return [
    ...gaps.map((gap) => ({ ...gap, reason: `it is of the stack ${stack}: ${gap.reason}` })),
    ...running.map(({ urn, subnets }): Gap => ({
      urn,
      about: ["packets"],
      reason: `it is of the stack ${stack} and runs in ${subnets.join(", ") || "a subnet that is not shown"}`,
    })),
  ];
}

/** GitLab reaches Systems Manager, and by it could have other hosts send what it cannot. */
const COMMANDING: Changes = {
  about: ["packets"],
  actions: ["ssm:SendCommand", "ssm:StartSession", "ecs:ExecuteCommand"],
};

/** What an identity's own policies admit by name and no list knows. */
function unlisted({ rights }: Identity): Changes[] {
  const patterns = rights
    .filter(({ effect, actions }) => effect === "Allow" && !actions.inverted)
    .flatMap(({ actions }) => actions.patterns);
  return [...new Set(patterns)].flatMap((pattern) => unlistedChange(pattern) ?? []);
}

/** What of claims an identity may change, in itself. */
export function changeableBy(identity: Identity, takeovers: Takeovers): ReadonlySet<Concern> {
  if (identity.unknownRights.length > 0) return new Set(CONCERNS);
  const may = (action: string) => takeovers.permission(identity, { action }) !== "no";
  return new Set(
    [...CHANGES, ...unlisted(identity)].flatMap(({ about, actions }) => (actions.some(may) ? about : [])),
  );
}

function changesBy(host: Host, takeovers: Takeovers): Gap[] {
  const known = new Set(takeovers.identities.flatMap(({ urn, arn }) => [urn, arn]));
  const gap = (reason: string, about: Gap["about"] = CONCERNS): Gap => ({ urn: host.urn, about, reason });
  return [
    ...host.identities
      .filter((role) => !known.has(role))
      .map((role) => gap(`it acts as ${role}, and what that may change is not shown`)),
    ...takeovers.byHost(host).flatMap(({ identity, steps }) => [
      ...identity.unknownRights.map((policy) =>
        gap(`it acts as ${identity.name}, and what ${policy} lets that change is not known`),
      ),
      ...[...CHANGES, ...unlisted(identity), ...(host.role === "gitlab" ? [COMMANDING] : [])].flatMap(
        ({ about, actions }) => {
          const action = actions.find((one) => takeovers.permission(identity, { action: one }) !== "no");
          if (action === undefined) return [];
          const by = steps.length > 1 ? ` (${steps.join(", then ")})` : "";
          return [gap(`it may ${action} as ${identity.name}${by}, and so change what is proved here`, about)];
        },
      ),
    ]),
  ];
}
