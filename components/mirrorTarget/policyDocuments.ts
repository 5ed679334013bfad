/** What the gate users and the pull endpoint are allowed, as policy documents. */
import type { Condition, Lock } from "./lock";

export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: "*";
  Action?: readonly string[];
  NotAction?: readonly string[];
  Resource: readonly string[];
  Condition?: Condition;
}

export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: readonly Statement[];
}

/** A document's text without white space, always the same for the same document. */
export function policyText(document: PolicyDocument): string {
  return JSON.stringify(document);
}

/**
 * What the push user may do: git push to the given repositories, through the lock. GitPull belongs to it, because
 * GitLab's mirror lists the refs before it pushes; GitLab's guide names the two as the minimum
 * (https://docs.gitlab.com/user/project/repository/mirror/push/#set-up-a-push-mirror-from-gitlab-to-aws-codecommit).
 */
export function pushPolicy(
  repositoryArns: readonly string[],
  lock: Lock,
  references: readonly string[],
): PolicyDocument {
  const actions = ["codecommit:GitPull", "codecommit:GitPush"];
  const { Version, Statement } = lockedPolicy("PushFromSource", actions, repositoryArns, lock);
  return { Version, Statement: [...Statement, onlyReferences(references)] };
}

/**
 * Keeps pushes to the given references. A push first asks for the references there are, and that request names none; the
 * Null condition lets it pass, as in AWS's own example
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html).
 */
function onlyReferences(references: readonly string[]): Statement {
  return {
    Sid: "DenyOtherReferences",
    Effect: "Deny",
    Action: ["codecommit:GitPush"],
    Resource: ["*"],
    Condition: {
      StringNotLike: { "codecommit:References": [...references] },
      Null: { "codecommit:References": "false" },
    },
  };
}

/** What the pull user may do: git pull from the given repositories, through the lock. */
export function pullPolicy(repositoryArns: readonly string[], lock: Lock): PolicyDocument {
  return lockedPolicy("PullFromIsolatedZone", ["codecommit:GitPull"], repositoryArns, lock);
}

/**
 * Who may do what through the pull endpoint: anyone git pull, from the given repositories, and nothing else at all.
 * An ARN holds the account, and CodeCommit has no resource policies to let a stranger in, so neither a stranger's
 * credential nor a stranger's repository gets through.
 */
export function endpointPolicy(repositoryArns: readonly string[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "PullAirlockRepositories",
        Effect: "Allow",
        Principal: "*",
        Action: ["codecommit:GitPull"],
        Resource: repositoryArns,
      },
    ],
  };
}

/**
 * An Allow that carries its lock, and beside it the Deny of everything the service can do when the lock is shut. Both
 * stand in every document: with any of a user's documents missing, what remains is locked just as fast. Each Deny hangs
 * on one key of the lock alone; one condition more would be one way more around it.
 */
function lockedPolicy(
  sid: string,
  actions: readonly string[],
  repositoryArns: readonly string[],
  lock: Lock,
): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: sid, Effect: "Allow", Action: actions, Resource: repositoryArns, Condition: lock.open },
      ...lock.shut.map((shut, i): Statement => ({
        // Ids are distinct within a document.
        Sid: `DenyFromElsewhere${i === 0 ? "" : i + 1}`,
        Effect: "Deny",
        Action: ["codecommit:*"],
        Resource: ["*"],
        Condition: shut,
      })),
    ],
  };
}
