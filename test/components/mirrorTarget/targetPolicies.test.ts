import { expect } from "chai";
import fc from "fast-check";
import { airlockArns, repositoryArn } from "../../../components/mirrorTarget/airlockRepositories";
import type { CheckedMirrorTargetArgs } from "../../../components/mirrorTarget/args";
import type { PullArgs } from "../../../components/mirrorTarget/pullArgs";
import { endpointLock, SPECIMEN_IDS } from "../../../components/mirrorTarget/lock";
import {
  endpointPolicy,
  type PolicyDocument,
  type Statement,
} from "../../../components/mirrorTarget/policyDocuments";
import { splitResources } from "../../../components/mirrorTarget/policySplit";
import {
  pullPolicies,
  pushPolicies,
  specimenPullLock,
} from "../../../components/mirrorTarget/targetPolicies";
import { account, endpointPull, manyRepositories, region, someTarget } from "./someTarget";

function documents(texts: string[]): PolicyDocument[] {
  return texts.map((text) => JSON.parse(text) as PolicyDocument);
}

function pullTexts(args: CheckedMirrorTargetArgs): string[] {
  return pullPolicies(args).map((policy) => policy(specimenPullLock(args)));
}

function statements(texts: string[], effect: Statement["Effect"]): Statement[] {
  return documents(texts).flatMap((document) => document.Statement.filter((s) => s.Effect === effect));
}

const arns = [
  `arn:aws:codecommit:${region}:${account}:platform.network`,
  `arn:aws:codecommit:${region}:${account}:platform.web-app`,
];

describe("the push user's policy", () => {
  it("is the two git actions on the exact repositories from the NAT addresses, and nothing from elsewhere or beside the references", () => {
    expect(documents(pushPolicies(someTarget()))).to.deep.equal([
      {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "PushFromSource",
            Effect: "Allow",
            Action: ["codecommit:GitPull", "codecommit:GitPush"],
            Resource: arns,
            Condition: { IpAddress: { "aws:SourceIp": ["203.0.113.10/32", "203.0.113.11/32"] } },
          },
          {
            Sid: "DenyFromElsewhere",
            Effect: "Deny",
            Action: ["codecommit:*"],
            Resource: ["*"],
            Condition: { NotIpAddress: { "aws:SourceIp": ["203.0.113.10/32", "203.0.113.11/32"] } },
          },
          {
            Sid: "DenyOtherReferences",
            Effect: "Deny",
            Action: ["codecommit:GitPush"],
            Resource: ["*"],
            Condition: {
              StringNotLike: { "codecommit:References": ["refs/heads/*", "refs/tags/*"] },
              Null: { "codecommit:References": "false" },
            },
          },
        ],
      },
    ]);
  });

  it("has the same bytes whatever the order of addresses and repositories", () => {
    const addresses = ["203.0.113.9", "203.0.113.100", "198.51.100.7"];
    const repositories = manyRepositories(200);
    const expected = pushPolicies(someTarget({ pushSourceAddresses: addresses, repositories }));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(addresses, { minLength: 3 }),
        fc.shuffledSubarray(repositories, { minLength: 200 }),
        (pushSourceAddresses, shuffled) => {
          expect(pushPolicies(someTarget({ pushSourceAddresses, repositories: shuffled }))).to.deep.equal(
            expected,
          );
        },
      ),
      { numRuns: 20 },
    );
    expect(expected[0]).to.contain('["198.51.100.7/32","203.0.113.9/32","203.0.113.100/32"]');
  });
});

describe("the pull user's policy", () => {
  const cases: [string, PullArgs, object, object[]][] = [
    [
      "the isolated terminals' addresses",
      { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.16/28", "192.0.2.0/28"] },
      { IpAddress: { "aws:SourceIp": ["192.0.2.0/28", "192.0.2.16/28"] } },
      [{ NotIpAddress: { "aws:SourceIp": ["192.0.2.0/28", "192.0.2.16/28"] } }],
    ],
    [
      "the pull endpoint",
      endpointPull,
      { StringEquals: { "aws:SourceVpce": SPECIMEN_IDS.endpointId } },
      [{ StringNotEquals: { "aws:SourceVpce": SPECIMEN_IDS.endpointId } }],
    ],
    [
      "the isolated VPC and its Region",
      { ...endpointPull, lock: "sourceVpc" },
      { StringEquals: { "aws:SourceVpc": SPECIMEN_IDS.vpcId, "aws:RequestedRegion": region } },
      [
        { StringNotEquals: { "aws:SourceVpc": SPECIMEN_IDS.vpcId } },
        { StringNotEquals: { "aws:RequestedRegion": region } },
      ],
    ],
    [
      "requests through no public address",
      { ...endpointPull, lock: "noSourceIp" },
      { Null: { "aws:SourceIp": "true" } },
      [{ Null: { "aws:SourceIp": "false" } }],
    ],
  ];
  for (const [what, pull, open, shut] of cases) {
    it(`is GitPull alone, locked to ${what} in the Allow and, key by key, in a Deny`, () => {
      const [document, ...more] = documents(pullTexts(someTarget({ pull })));
      expect(more).to.deep.equal([]);
      expect(document?.Statement).to.deep.equal([
        {
          Sid: "PullFromIsolatedZone",
          Effect: "Allow",
          Action: ["codecommit:GitPull"],
          Resource: arns,
          Condition: open,
        },
        ...shut.map((Condition, i) => ({
          Sid: ["DenyFromElsewhere", "DenyFromElsewhere2"][i],
          Effect: "Deny",
          Action: ["codecommit:*"],
          Resource: ["*"],
          Condition,
        })),
      ]);
    });
  }

  it("names the endpoint it is given", () => {
    const [policy] = pullPolicies(someTarget({ pull: endpointPull }));
    const text = policy?.(endpointLock("sourceVpce", { endpointId: "vpce-1", vpcId: "vpc-1", region }));
    expect(text).to.contain('"aws:SourceVpce":"vpce-1"').and.not.to.contain(SPECIMEN_IDS.endpointId);
  });
});

describe("both users' policies, for 1 to 700 repositories", () => {
  it("stay within AWS's 6,144 characters and ten policies, and name each repository exactly once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.constantFrom<PullArgs>(endpointPull, someTarget().pull),
        (count, pull) => {
          const args = someTarget({ repositories: manyRepositories(count), pull });
          for (const texts of [pushPolicies(args), pullTexts(args)]) {
            expect(texts.length).to.be.at.most(10);
            for (const text of texts) expect(text.length).to.be.at.most(6144);
            const named = statements(texts, "Allow").flatMap((statement) => statement.Resource);
            expect(named).to.deep.equal(airlockArns(args));
            expect(new Set(named).size).to.equal(count);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("never allow without the lock, and deny with nothing but the lock, in every document", () => {
    const args = someTarget({ repositories: manyRepositories(700) });
    for (const texts of [pushPolicies(args), pullTexts(args)]) {
      expect(texts.length).to.be.greaterThan(1);
      for (const text of texts) {
        const [allow, ...otherAllows] = statements([text], "Allow");
        const [deny, ...otherDenies] = statements([text], "Deny");
        expect(otherAllows).to.deep.equal([]);
        expect(otherDenies.map(({ Sid }) => Sid)).to.deep.equal(
          allow?.Sid === "PushFromSource" ? ["DenyOtherReferences"] : [],
        );
        expect(Object.keys(allow?.Condition ?? {})).to.deep.equal(["IpAddress"]);
        expect(Object.keys(allow?.Condition?.IpAddress ?? {})).to.deep.equal(["aws:SourceIp"]);
        expect(deny?.Condition).to.deep.equal({ NotIpAddress: allow?.Condition?.IpAddress });
        expect(deny?.Resource).to.deep.equal(["*"]);
      }
    }
  });

  it("allow no action or repository by a wildcard", () => {
    const args = someTarget({ repositories: manyRepositories(300) });
    for (const statement of statements([...pushPolicies(args), ...pullTexts(args)], "Allow")) {
      expect([...(statement.Action ?? []), ...statement.Resource].join()).not.to.match(/[*?]/);
    }
  });

  it("take one document of the same size for 10 and for 1,000 repositories behind a prefix", () => {
    const of = (count: number) =>
      someTarget({ repositories: manyRepositories(count), repositoryPrefix: "airlock" });
    expect(pushPolicies(of(1000))).to.deep.equal(pushPolicies(of(10)));
    expect(pullTexts(of(1000))).to.deep.equal(pullTexts(of(10)));
    expect(statements(pushPolicies(of(1000)), "Allow").map((s) => s.Resource)).to.deep.equal([
      [`arn:aws:codecommit:${region}:${account}:airlock-*`],
    ]);
  });
});

describe("splitting ARNs over documents", () => {
  it("opens a new document only when the next ARN would not fit", () => {
    const resources = manyRepositories(500).map((r) =>
      repositoryArn(someTarget(), r.gitlabProject.replace("/", ".")),
    );
    const runs = splitResources(resources, endpointPolicy, 2000);
    expect(runs.flat()).to.deep.equal(resources);
    runs.forEach((run, i) => {
      const size = (arns: readonly string[]) => JSON.stringify(endpointPolicy(arns)).length;
      expect(size(run)).to.be.at.most(2000);
      const [next] = runs[i + 1] ?? [];
      if (next !== undefined) expect(size([...run, next])).to.be.greaterThan(2000);
    });
  });
});
