import * as aws from "@pulumi/aws";
import * as endpoints from "../../policies/endpoints";
import { describeRule } from "./describeRule";
import { subject } from "./harness";

const account = "444455556666";
const repository = `arn:aws:codecommit:eu-west-1:${account}:app`;
const gitPull = { Effect: "Allow", Principal: "*", Action: "codecommit:GitPull", Resource: repository };
const document = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

function pinned(principal: string, resource: string) {
  return document({
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": principal, "aws:ResourceAccount": resource } },
  });
}

const endpoint = (service: string) => (properties: Record<string, unknown>) => [
  subject(aws.ec2.VpcEndpoint, "door", { serviceName: `com.amazonaws.eu-west-1.${service}`, ...properties }),
];
const gitEndpoint = endpoint("git-codecommit");

describeRule("its actions", {
  rule: endpoints.pullEndpointAdmitsGitPullOnly,
  program: gitEndpoint,
  good: { policy: document(gitPull) },
  bad: { policy: document({ ...gitPull, Action: ["codecommit:GitPull", "codecommit:GitPush"] }) },
  says: 'VpcEndpoint "door" lets codecommit:GitPush through',
});
describeRule("its repositories", {
  rule: endpoints.pullEndpointAdmitsGitPullOnly,
  program: gitEndpoint,
  settings: { repositoryPrefix: "air" },
  good: { policy: document({ ...gitPull, Resource: `arn:aws:codecommit:eu-west-1:${account}:air-*` }) },
  bad: { policy: document({ ...gitPull, Resource: `arn:aws:codecommit:eu-west-1:${account}:a*` }) },
  says: `:a* in its Allow statement`,
});
describeRule("its account, where one is set", {
  rule: endpoints.pullEndpointAdmitsGitPullOnly,
  program: gitEndpoint,
  settings: { accountId: account },
  good: { policy: document(gitPull) },
  bad: { policy: document({ ...gitPull, Resource: repository.replace(account, "999999999999") }) },
  says: "account 999999999999",
});
describeRule("two accounts, where none is set", {
  rule: endpoints.pullEndpointAdmitsGitPullOnly,
  program: gitEndpoint,
  good: { policy: document(gitPull) },
  bad: {
    policy: document({ ...gitPull, Resource: [repository, repository.replace(account, "999999999999")] }),
  },
  says: "account 999999999999",
});
describeRule("a policy that cannot be read", {
  rule: endpoints.pullEndpointAdmitsGitPullOnly,
  program: gitEndpoint,
  good: { policy: document(gitPull) },
  bad: { policy: "{" },
  says: "cannot be decided",
});

describeRule("another service's policy", {
  rule: endpoints.endpointsArePinned,
  program: endpoint("s3"),
  good: { policy: pinned(account, account) },
  bad: { policy: document({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }) },
  says: "every account as aws:PrincipalAccount and every account as aws:ResourceAccount",
});
describeRule("the account, where one is set", {
  rule: endpoints.endpointsArePinned,
  program: endpoint("ssm"),
  settings: { accountId: account },
  good: { policy: pinned(account, account) },
  bad: { policy: pinned(account, "999999999999") },
  says: "999999999999 as aws:ResourceAccount",
});
describeRule("somebody's own service, where no policy holds", {
  rule: endpoints.endpointsArePinned,
  program: (properties) => [
    subject(aws.ec2.VpcEndpoint, "door", { policy: pinned(account, account), ...properties }),
  ],
  good: { serviceName: "com.amazonaws.eu-west-1.ssm" },
  bad: { serviceName: "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0" },
  says: "vpce-svc-0123456789abcdef0",
});
describeRule("a policy in a resource of its own", {
  rule: endpoints.endpointsArePinned,
  program: (properties) => [subject(aws.ec2.VpcEndpointPolicy, "door", properties)],
  good: { policy: document(gitPull) },
  bad: { policy: document({ ...gitPull, Action: "codecommit:*" }) },
  says: "every account as aws:PrincipalAccount",
});
