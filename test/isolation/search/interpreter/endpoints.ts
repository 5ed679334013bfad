/** What a VPC endpoint's policy lets through that it should not: writes to what is a stranger's. */
import { says, statementsOf, type Request } from "./policies";
import { text, type Properties } from "./state";

const STRANGER = "999999999999";
const ACCOUNTS = ["111111111111", "222222222222"];

/** One action of a service that takes what one writes, and a resource of that account. */
const WRITES: Readonly<Record<string, readonly [action: string, resource: (account: string) => string]>> = {
  s3: ["s3:PutObject", (account) => `arn:aws:s3:::of-${account}/loot`],
  dynamodb: ["dynamodb:PutItem", (account) => `arn:aws:dynamodb:ap-northeast-1:${account}:table/loot`],
  ssm: ["ssm:PutParameter", (account) => `arn:aws:ssm:ap-northeast-1:${account}:parameter/loot`],
  ssmmessages: ["ssmmessages:OpenDataChannel", () => "*"],
  logs: [
    "logs:PutLogEvents",
    (account) => `arn:aws:logs:ap-northeast-1:${account}:log-group:loot:log-stream:a`,
  ],
  sqs: ["sqs:SendMessage", (account) => `arn:aws:sqs:ap-northeast-1:${account}:loot`],
  "git-codecommit": ["codecommit:GitPush", (account) => `arn:aws:codecommit:ap-northeast-1:${account}:loot`],
  codecommit: ["codecommit:PutFile", (account) => `arn:aws:codecommit:ap-northeast-1:${account}:loot`],
};

/** A request on what is a stranger's that comes through, be it his own or one of ours; undefined where none does. */
export function unpinnedRequest(endpoint: Properties, serviceName: string): string | undefined {
  const written = WRITES[serviceName.slice(serviceName.lastIndexOf(".") + 1)];
  if (written === undefined) throw new Error(`the interpreter does not know the service of ${serviceName}`);
  const [action, resourceOf] = written;
  const found = [...ACCOUNTS, STRANGER].find((who) =>
    passes(endpoint, requestOf(who, STRANGER, action, resourceOf(STRANGER))),
  );
  return found === undefined ? undefined : `${action} by account ${found} on what is ${STRANGER}'s`;
}

/** Whether an endpoint's policy lets a request through. Without one, it does. */
export function passes(endpoint: Properties, request: Request): boolean {
  const policy = text(endpoint, "policy");
  if (policy === "") return true;
  const statements = statementsOf(policy);
  return says("Allow", statements, request) && !says("Deny", statements, request);
}

function requestOf(who: string, whose: string, action: string, resource: string): Request {
  const principal = `arn:aws:iam::${who}:role/insider`;
  return {
    principal,
    action,
    resource,
    context: {
      "aws:principalaccount": who,
      "aws:principalarn": principal,
      "aws:resourceaccount": whose,
      "aws:securetransport": "true",
    },
  };
}
