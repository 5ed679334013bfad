/** Everything that can be wrong with the arguments, found before the first resource. */
import { publicAddressProblem } from "../ipv4";
import { mostReferences, referenceProblem } from "../references";
import { regionProblem } from "../regions";
import { emailProblem, gitlabProjectProblem } from "../syntax";
import type { MirrorTargetArgs, RepositoryArgs } from "./args";
import { principalArn } from "../schema/principalArn";
import { repeated, problemUnless } from "./problems";
import { isRepositoryName, LONGEST_PREFIX, repositoryName } from "./repositoryName";
import { limitProblems } from "./validateLimits";
import { pullProblems } from "./validatePull";

/**
 * All problems of the arguments, each naming the path of the value, the value, and what was expected instead. Sizes of
 * policies are only looked at when everything else is in order.
 */
export function validateMirrorTarget(name: string, args: MirrorTargetArgs): string[] {
  const problems = [
    ...placeProblems(name, args),
    ...pushSourceProblems(args.pushSourceAddresses),
    ...repositoryProblems(args),
    ...referenceProblems(args.references),
    ...pullProblems(args),
    ...epochProblems("pushCredentialEpochs", args.pushCredentialEpochs),
    ...epochProblems("pullCredentialEpochs", args.pullCredentialEpochs),
    ...principalProblems(args),
    ...alarmProblems(args.alarms.emails),
  ];
  return problems.length > 0
    ? problems
    : limitProblems(name, args).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

function placeProblems(name: string, { region, accountId }: MirrorTargetArgs): string[] {
  return [
    // The names of EventBridge's rules begin with it, and hold 64 characters.
    ...problemUnless(
      /^[A-Za-z0-9-]{1,20}$/.test(name),
      "the component's name",
      name,
      "1 to 20 letters, digits and dashes",
    ),
    ...problemUnless(
      regionProblem(region) === undefined,
      "region",
      region,
      'a Region of the "aws" partition, e.g. "ap-northeast-1"',
    ),
    ...problemUnless(isAccountId(accountId), "accountId", accountId, "twelve digits"),
  ];
}

function pushSourceProblems(addresses: string[]): string[] {
  return [
    ...problemUnless(
      addresses.length > 0,
      "pushSourceAddresses",
      addresses,
      "the address of each NAT gateway of the source",
    ),
    ...repeated("pushSourceAddresses", addresses),
    ...addresses.flatMap((address, i) =>
      problemUnless(
        publicAddressProblem(address) === undefined,
        `pushSourceAddresses[${i}]`,
        address,
        'one public IPv4 address, e.g. "203.0.113.10"',
      ),
    ),
  ];
}

function alarmProblems(emails: string[]): string[] {
  return [
    ...repeated("alarms.emails", emails),
    ...emails.flatMap((email, i) =>
      problemUnless(
        emailProblem(email) === undefined,
        `alarms.emails[${i}]`,
        email,
        'an e-mail address, e.g. "operators@example.com"',
      ),
    ),
  ];
}

function referenceProblems(references: string[]): string[] {
  return [
    ...problemUnless(
      references.length > 0 && references.length <= mostReferences,
      "references",
      references,
      `1 to ${mostReferences} references, e.g. "refs/heads/*"`,
    ),
    ...repeated("references", references),
    ...references.flatMap((reference, i) =>
      problemUnless(
        referenceProblem(reference) === undefined,
        `references[${i}]`,
        reference,
        'the full name of a branch or tag, or with a * at its end a pattern, e.g. "refs/heads/*"',
      ),
    ),
  ];
}

function repositoryProblems({ repositories, repositoryPrefix }: MirrorTargetArgs): string[] {
  const prefixProblems =
    repositoryPrefix === undefined
      ? []
      : problemUnless(
          repositoryPrefix.length <= LONGEST_PREFIX && isRepositoryName(repositoryPrefix),
          "repositoryPrefix",
          repositoryPrefix,
          `1 to ${LONGEST_PREFIX} of [A-Za-z0-9._-]`,
        );
  const single = repositories.flatMap((repository, i) =>
    oneRepositoryProblems(repository, i, repositoryPrefix),
  );
  if (prefixProblems.length + single.length > 0) return [...prefixProblems, ...single];

  // GitLab takes two spellings of a path for the same project, and a clone on a case-insensitive disk two spellings
  // of a name for the same directory.
  return [
    ...problemUnless(repositories.length > 0, "repositories", repositories, "at least one repository"),
    ...repeated("gitlabProject of repositories", lowerCase(repositories.map((r) => r.gitlabProject))),
    ...repeated(
      "name of repositories",
      lowerCase(repositories.map((r) => r.name ?? repositoryName(r.gitlabProject, repositoryPrefix))),
    ),
  ];
}

function oneRepositoryProblems(
  { name, gitlabProject, description }: RepositoryArgs,
  index: number,
  prefix: string | undefined,
): string[] {
  const path = `repositories[${index}]`;
  return [
    ...problemUnless(
      gitlabProjectProblem(gitlabProject) === undefined,
      `${path}.gitlabProject`,
      gitlabProject,
      'the path of a GitLab project with its groups, e.g. "platform/network"',
    ),
    ...problemUnless(
      name === undefined || isRepositoryName(name),
      `${path}.name`,
      name,
      "1 to 100 of [A-Za-z0-9._-], not ending in .git",
    ),
    ...problemUnless(
      name === undefined || prefix === undefined || name.startsWith(`${prefix}-`),
      `${path}.name`,
      name,
      `a name that begins with "${prefix ?? ""}-", because repositoryPrefix is set`,
    ),
    ...problemUnless(
      description === undefined || description.length <= 1000,
      `${path}.description`,
      `(${description?.length ?? 0} characters)`,
      "at most 1,000 characters",
    ),
  ];
}

/** AWS holds no more than two credentials of a user for one service (IAM CreateServiceSpecificCredential). */
function epochProblems(path: string, epochs: number[]): string[] {
  const ascending = epochs.every((epoch, i) => Number.isSafeInteger(epoch) && epoch > (epochs[i - 1] ?? 0));
  return problemUnless(
    ascending && (epochs.length === 1 || epochs.length === 2),
    path,
    epochs,
    "one positive integer, or two ascending ones while rotating, e.g. [3] or [3,4]",
  );
}

function principalProblems({ deployerArns, breakGlassArns, accountId }: MirrorTargetArgs): string[] {
  // A malformed account id is reported by itself, and not once more for every ARN.
  const account = isAccountId(accountId) ? `${accountId}:` : "";
  const problems = (path: string, arns: string[]) =>
    arns.flatMap((arn, i) =>
      problemUnless(
        principalArn(arn)?.startsWith(`arn:aws:iam::${account}`) === true,
        `${path}[${i}]`,
        arn,
        `a role or user of account ${accountId}, e.g. "arn:aws:iam::${accountId}:role/deployer"`,
      ),
    );
  return [
    // Attached, the service control policy would lock out whoever deploys.
    ...problemUnless(
      deployerArns.length > 0,
      "deployerArns",
      deployerArns,
      "the role or user that deploys this stack",
    ),
    ...problems("deployerArns", deployerArns),
    ...problems("breakGlassArns", breakGlassArns),
  ];
}

function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

function lowerCase(texts: string[]): string[] {
  return texts.map((text) => text.toLowerCase());
}
