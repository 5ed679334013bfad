/** C14: whom the other claims trust. */
import type { Deployment, Identity, Side } from "../model/deployment";
import { actionMatches } from "../iam/match";
import type { Findings } from "../verdict";
import { isDeclared } from "./rights";
import type { Claim } from "./claim";

/** C14. It only lists: nothing but a missing list refutes it. */
export const trustBase: Claim<"C14"> = {
  id: "C14",
  title: "The trust base is known",
  statement:
    "The trust base is printed: state backend, deployers, GitLab administrators, session access to the host.",
  proved: () =>
    "Whom the other claims trust is known; whoever is among them can change what was proved here.",
  assumptions: () => [],
  needs: [],
  listsTrust: true,
  isSeenByPolicies: true,
  decide: ({ deployment }) => findings(deployment),
};

function findings({ source, target, mirror, declared }: Deployment): Findings {
  const sides = [source, target].filter((side) => side !== undefined);
  return {
    evidence: [
      {
        what: "whoever can write the state or decrypt its secrets",
        values: [...sides, ...(mirror ? [mirror] : [])].map(({ stack }) => `stack ${stack}`),
      },
      { what: "deployers", values: declared.deployerArns },
      { what: "break-glass roles", values: declared.breakGlassArns },
      {
        what: "whom these stacks let take on a deployer's or break-glass role",
        values: sides.flatMap(({ identities }) =>
          identities
            .filter(({ arn }) => isDeclared(arn, [...declared.deployerArns, ...declared.breakGlassArns]))
            .flatMap(({ name, trusts }) => trusts.map((who) => `${name}: ${who}`)),
        ),
      },
      {
        what: "GitLab's administrators, and whoever can open a session or run commands on its host",
        values: source === undefined ? [] : hostsOf(source),
      },
      {
        what: "identities of these stacks that can open sessions or run commands on hosts",
        values: sides
          .flatMap(({ identities }) => identities.filter(entersHosts).map(({ arn }) => arn))
          .sort(),
      },
      { what: "administrators of the accounts", values: sides.flatMap(({ accountId }) => accountId ?? []) },
    ],
    counterExamples: [],
    reasons: [
      ...(source === undefined ? ["The source was not given."] : []),
      ...(target === undefined ? ["The target was not given."] : []),
    ],
  };
}

/**
 * Actions by which somebody gets onto an instance.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html and
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-to-linux-instance.html
 */
const ENTERING = [
  "ssm:StartSession",
  "ssm:ResumeSession",
  "ecs:ExecuteCommand",
  "ssm:SendCommand",
  "ssm:StartAutomationExecution",
  "ssm:CreateAssociation",
  "ssm:UpdateAssociation",
  "ec2-instance-connect:SendSSHPublicKey",
  "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
];

/** Whether a policy says so, whatever denies it again; a policy that cannot be read may say so too. */
function entersHosts({ policies, unreadPolicyArns }: Identity): boolean {
  const allows = policies
    .flatMap(({ policy }) => policy.statements)
    .filter(({ effect }) => effect === "Allow")
    .some(({ actions: { inverted, patterns } }) =>
      ENTERING.some((action) => patterns.some((pattern) => actionMatches(pattern, action)) !== inverted),
    );
  return allows || unreadPolicyArns.length > 0;
}

function hostsOf({ network }: Side): string[] {
  return network.hosts.filter(({ role }) => role === "gitlab").map(({ urn }) => urn);
}
