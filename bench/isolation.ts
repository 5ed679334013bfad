/** How the time of deciding over all requests at once grows, and how it compares with deciding them one by one. */
import { verify } from "../isolation/claims/verify";
import { readStackExport } from "../isolation/model/stackExport";
import { readDeployment } from "../isolation/model/readDeployment";
import type { Deployment } from "../isolation/model/deployment";
import { createSpace } from "../isolation/access/space";
import type { Region } from "../isolation/access/region";
import { decide } from "../isolation/iam/decide";
import { parsePolicy, type Policy } from "../isolation/iam/policy";
import { exportStack } from "../rehearsal/engines/in-process/stackExport";
import { deploySource, deployTarget } from "../rehearsal/engines/deployStack";
import { medianTimes } from "./measure";
import { printTable, ratio } from "./table";
import { repositories } from "./target";

const account = "222222222222";
const requester = { arn: `arn:aws:iam::${account}:user/push`, account };

/** The policies of a push user over so many repositories and addresses, as a target makes them: 70 ARNs in each. */
function pushPolicies(repositories: number, addresses: number): { policies: Policy[]; arns: string[] } {
  const arns = Array.from(
    { length: repositories },
    (_, i) => `arn:aws:codecommit:ap-northeast-1:${account}:team-${i}`,
  );
  const cidrs = Array.from({ length: addresses }, (_, i) => `203.0.${i >> 7}.${(2 * i) % 256}/32`);
  const lock = { "aws:SourceIp": cidrs };
  const policies = Array.from({ length: Math.ceil(repositories / 70) }, (_, i) =>
    parsePolicy(
      {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["codecommit:GitPull", "codecommit:GitPush"],
            Resource: arns.slice(70 * i, 70 * i + 70),
            Condition: { IpAddress: lock },
          },
          { Effect: "Deny", Action: "codecommit:*", Resource: "*", Condition: { NotIpAddress: lock } },
        ],
      },
      `push-${i}`,
    ),
  );
  return { policies, arns };
}

/** Decides all requests of the user. */
function decideAll(repositories: number, addresses: number): () => Region {
  const { policies, arns } = pushPolicies(repositories, addresses);
  return () =>
    createSpace({ policies, requesters: [requester], resources: arns }).allowed(requester, {
      identity: policies,
    });
}

/** Decides one by one as many of the same classes as there are repositories. */
function decideSome(repositories: number, addresses: number): () => void {
  const { policies, arns } = pushPolicies(repositories, addresses);
  return () => {
    for (const resource of arns) {
      const action = "codecommit:GitPull";
      const context = { "aws:SourceIp": "203.0.0.0" };
      decide(
        { principalArn: requester.arn, principalAccount: account, action, resource, context },
        { identity: policies },
      );
    }
  };
}

/** A source and a target, stood up and read back from their exports. */
async function deployed(root: string, overrides?: Record<string, unknown>): Promise<Deployment> {
  const settings = { root, seed: "bench" };
  const source = (await deploySource(settings)).deployment;
  const target = (await deployTarget(source, { ...settings, overrides })).deployment;
  return readDeployment(
    {
      source: readStackExport(exportStack(source, "phrase"), "dev"),
      target: readStackExport(exportStack(target, "phrase"), "prd"),
    },
    { serviceControlPolicyAttached: true },
  );
}

/** Prints how much longer it takes to decide all claims about a large deployment than about the default one. */
async function benchVerify(root: string, turns: number): Promise<void> {
  const small = await deployed(root);
  const large = await deployed(root, {
    "git-airlock:repositories": repositories(1000),
    "git-airlock:repositoryPrefix": "airlock",
    "git-airlock:pull": {
      mode: "endpoint",
      // Not side by side, so that no two of them are one.
      isolatedTerminalCidrs: Array.from({ length: 60 }, (_, i) => `192.0.2.${2 * i}/32`),
      network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] },
    },
  });
  const [ofSmall = NaN, ofLarge = NaN] = await medianTimes(turns, [() => verify(small), () => verify(large)]);
  printTable(
    "Deciding all claims",
    "Time for a thousand repositories and 60 ranges of isolated terminals as a multiple of that for the default deployment.",
    ["repositories", "ranges", "multiple"],
    [
      ["2", "1", ratio(1)],
      ["1,000", "60", ratio(ofLarge / ofSmall)],
    ],
  );
}

/**
 * Prints how much longer four times as much takes, how much longer one by one would take, and how much longer a large
 * deployment takes than the default one.
 */
export async function benchIsolation(root: string, turns: number): Promise<void> {
  const works = [decideAll(250, 50), decideAll(1000, 50), decideAll(250, 200), decideAll(1000, 200)];
  const [base = NaN, repositories = NaN, cidrs = NaN, both = NaN] = await medianTimes(turns, works);
  printTable(
    "Deciding over all requests",
    "Time for four times as much as a multiple of that for 250 repositories and 50 ranges: 4 is linear growth in one.",
    ["four times as many", "multiple"],
    [
      ["repositories", ratio(repositories / base)],
      ["address ranges", ratio(cidrs / base)],
      ["both", ratio(both / base)],
    ],
  );
  const all = decideAll(100, 20);
  const [atOnce = NaN, oneByOne = NaN] = await medianTimes(turns, [all, decideSome(100, 20)]);
  const { requester: asking } = all();
  const { policies, arns } = pushPolicies(100, 20);
  const classes = createSpace({ policies, requesters: [asking], resources: arns })
    .everything(asking)
    .classes();
  printTable(
    "Side by side with deciding one by one",
    `100 repositories and 20 ranges make ${classes.toLocaleString("en-US")} classes of requests. One by one is extrapolated from 100 of them.`,
    ["how", "time, all at once = 1"],
    [
      ["all at once", ratio(1)],
      [
        "one by one",
        ((oneByOne / 100 / atOnce) * Number(classes)).toLocaleString("en-US", { maximumFractionDigits: 0 }),
      ],
    ],
  );
  await benchVerify(root, turns);
}
