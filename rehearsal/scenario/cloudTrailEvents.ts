/** What CloudTrail writes of a call, as EventBridge gets it: in the documented shapes, where none says more. */
import { accountTimestamp } from "../aws/clock";
import { derivedUuid } from "../aws/derived";
import type { AwsEvent } from "../aws/messaging/eventBridge";
import type { AccountContext } from "../aws/accountContext";
import type { AuditRecord } from "../git/codeCommit";

/** A call of an AWS API. */
export interface ApiCall {
  /** The service's name in its ARNs, e.g. "codecommit". */
  service: string;
  action: string;
  /** ARN of who calls. */
  caller: string;
  readOnly: boolean;
  /** Where the call is answered. @default the account's own region */
  region?: string;
  requestParameters?: Readonly<Record<string, unknown>>;
  additionalEventData?: Readonly<Record<string, unknown>>;
  /** ARNs of what the entry lists as the call's resources. */
  resources?: readonly string[];
  errorCode?: string;
}

/**
 * The event of a call. @param number tells it from others of the account
 *
 * Sources: CloudTrail User Guide, "CloudTrail record contents"; EventBridge User Guide, "AWS service events delivered via
 * AWS CloudTrail".
 */
export function cloudTrailEvent(account: AccountContext, call: ApiCall, number: number): AwsEvent {
  const { region = account.region, service, caller } = call;
  const userName = /:user\/(?:.*\/)?([^/]+)$/.exec(caller)?.[1];
  return {
    source: `aws.${service}`,
    "detail-type": "AWS API Call via CloudTrail",
    region,
    time: accountTimestamp,
    resources: [],
    detail: {
      eventVersion: "1.08",
      userIdentity: {
        type: userName === undefined ? "AssumedRole" : "IAMUser",
        arn: caller,
        accountId: account.accountId,
        ...(userName !== undefined && { userName }),
      },
      eventTime: accountTimestamp,
      eventSource: `${service}.amazonaws.com`,
      eventName: call.action,
      awsRegion: region,
      ...(call.errorCode !== undefined && { errorCode: call.errorCode }),
      requestParameters: call.requestParameters ?? null,
      responseElements: null,
      ...(call.additionalEventData && { additionalEventData: call.additionalEventData }),
      eventID: derivedUuid(account, "event", String(number)),
      readOnly: call.readOnly,
      ...(call.resources && {
        resources: call.resources.map((ARN) => ({ ARN, accountId: account.accountId })),
      }),
      eventType: "AwsApiCall",
      recipientAccountId: account.accountId,
    },
  };
}

/**
 * A git request as a call; undefined for one of somebody else's account, or of nobody. Each push makes two entries, the
 * first of which is read-only, and each fetch says whether content went over.
 *
 * A request that an endpoint policy refuses is taken to be logged like any other refusal: CodeCommit's message for it is
 * among those of the IAM User Guide, "Troubleshoot access denied error messages".
 *
 * Source: CodeCommit User Guide, "Logging AWS CodeCommit API calls with AWS CloudTrail".
 */
export function gitCall(account: AccountContext, record: AuditRecord): ApiCall | undefined {
  const { principal, action, repository, allowed, transferred } = record;
  if (principal === undefined || action === undefined || repository === undefined) return undefined;
  if (!principal.startsWith(`arn:aws:iam::${account.accountId}:`)) return undefined;
  return {
    service: "codecommit",
    action: action.slice("codecommit:".length),
    caller: principal,
    readOnly: !(action === "codecommit:GitPush" && transferred),
    additionalEventData: { protocol: "HTTP", dataTransferred: transferred, repositoryName: repository },
    resources: [account.arn("codecommit", repository)],
    ...(!allowed && { errorCode: "AccessDenied" }),
  };
}
