/** The testbed: git servers, the proxy, and the positions around them, wired as the deployed stacks say. */
import { join } from "node:path";
import { z } from "zod";
import { CertificateAuthority } from "../certificates";
import type { DeployedSides, DeployedStack } from "../engines/deployStack";
import type { Several } from "../engines/readStacks";
import type { ServerGit } from "../git/bareRepository";
import { CodeCommit } from "../git/codeCommit";
import type { Credential, Position } from "../git/gitClient";
import { gitEnvironment, Processes } from "../git/gitProcess";
import type { Arrival } from "../git/world";
import { firstAddress } from "./addresses";
import { Agent } from "./agent";
import { boundAccounts } from "./boundAccounts";
import { Cloud } from "./cloud";
import type { FiredAlarm } from "./firedAlarm";
import { Internet } from "./internet";
import { ProxyAlarms } from "./proxyAlarms";
import {
  openIsolatedSite,
  openPosition,
  openSourceSite,
  type Closable,
  type IsolatedSite,
  type SourceSite,
  type Surroundings,
} from "./sites";
import { insiderOf, type Stranger } from "./stranger";
import { Tripwires } from "./tripwires";

/** Somebody's home, far from both sides; no Elastic IP of the rehearsal gets this high. */
const outsideAddress = "203.0.113.250";

const airlockRepository = z.object({ gitlabProject: z.string(), name: z.string(), cloneUrlHttp: z.string() });
const repositoriesOutput = z.tuple([airlockRepository], airlockRepository);
const gitCredential = z
  .object({ userName: z.string(), password: z.string() })
  .transform(({ userName, password }): Credential => ({ user: userName, password }));

/** What the deployed target says about itself. */
interface TargetFacts {
  /** The target's stack. */
  stack: string;
  /** The airlock repository that the rehearsal goes through: the target's first. */
  airlock: z.infer<typeof airlockRepository>;
  /** Every airlock repository. */
  repositories: z.infer<typeof airlockRepository>[];
  pushCredential: Credential;
  pullCredential: Credential;
}

/** Everything that stands between the two sides. */
export interface Testbed extends Omit<SourceSite, "networkOf" | "proxyLogGroup">, IsolatedSite, TargetFacts {
  codeCommit: CodeCommit;
  /** What watches the target's account. */
  tripwires: Tripwires;
  /** Records every alarm of both sides from now on; the function it returns lists those that have fired. */
  recordAlarms(): () => FiredAlarm[];
  /** The accounts behind CodeCommit. */
  cloud: Cloud;
  workTerminal: Position;
  outside: Position;
  /** Where `outside` comes from. */
  outsideAddress: string;
  /** A position whose requests arrive at CodeCommit in a given way, and get nowhere else. */
  openPosition(arrival: Arrival): Promise<Position>;
  /** Connections that got out to somewhere on the Internet that is not CodeCommit, as "address to host:port". */
  leaks: string[];
  stranger: Stranger;
  /** Git credential of a user of the target's account who may do anything there. */
  insider: Credential;
  /** Whether policies of an organization bind the target's account. */
  isBound: boolean;
  /** Runs git on files, where nothing crosses a network. */
  localGit: ServerGit;
  /** The bare repository of an airlock repository. */
  airlockDirectory: (name: string) => Promise<string>;
  /** Ends every process and frees every port. */
  close(): Promise<void>;
}

/** The deployed stacks that a testbed connects. */
export interface Sides {
  source: DeployedStack<"source">;
  target: DeployedStack<"target">;
  /** What binds the target's account; without it, nothing does. */
  organization?: DeployedStack<"organization"> | undefined;
}

/** A testbed whose mirrors are set by what the mirror stack deployed. */
export interface MirroredTestbed extends Testbed {
  agent: Agent;
}

/** A testbed for each target, which all share the source's side; closed together. */
export interface Testbeds {
  /** In the order of the targets. */
  testbeds: Several<MirroredTestbed>;
  close: () => Promise<void>;
}

/** Creates the testbeds in a folder, with the agent that sets the mirrors of all. What was opened is closed again when a later step fails. */
export async function createTestbeds(
  folder: string,
  { mirror, ...sides }: DeployedSides & Pick<Sides, "organization"> & { mirror: DeployedStack<"mirror"> },
  stranger: Stranger,
): Promise<Testbeds> {
  const parts: Closable[] = [];
  const close = async () => {
    await Promise.all(parts.map((part) => part.close()));
  };
  const opened = <T extends Closable>(part: T): T => {
    parts.push(part);
    return part;
  };
  try {
    const [first, ...others] = await openTestbeds(folder, sides, stranger, opened);
    const agent = new Agent(first.gitlab, sides.source, mirror);
    const complete = (testbed: Omit<Testbed, "close">) => ({ ...testbed, agent, close });
    return { testbeds: [complete(first), ...others.map(complete)], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The testbed of one target, with the agent that sets its mirrors. */
export async function createMirroredTestbed(
  folder: string,
  { source, target, organization }: Sides,
  mirror: DeployedStack<"mirror">,
  stranger: Stranger,
): Promise<MirroredTestbed> {
  const { testbeds } = await createTestbeds(
    folder,
    { source, targets: [target], organization, mirror },
    stranger,
  );
  return testbeds[0];
}

async function openTestbeds(
  folder: string,
  sides: DeployedSides & Pick<Sides, "organization">,
  stranger: Stranger,
  opened: Surroundings["opened"],
): Promise<Several<Omit<Testbed, "close">>> {
  const shared = await openShared(folder, sides, stranger, opened);
  const [first, ...others] = sides.targets;
  const opening = await openTarget(first, "isolated terminal", shared);
  const rest: (typeof opening)[] = [];
  for (const target of others)
    rest.push(await openTarget(target, `isolated terminal of ${target.deployment.stack}`, shared));
  return [opening, ...rest];
}

/** What the testbeds of all targets have in common, and what more is needed to open one of them. */
async function openShared(
  folder: string,
  { source, targets, organization }: DeployedSides & Pick<Sides, "organization">,
  stranger: Stranger,
  opened: Surroundings["opened"],
) {
  const authority = await CertificateAuthority.create(folder);
  const accounts = targets.map(({ account }) => account);
  const cloud = new Cloud([...accounts, stranger.account], organization?.account);
  const { region, target: asked } = targets[0].config;
  const codeCommit = opened(
    new CodeCommit({ region, fips: asked.fips, folder: join(folder, "codecommit"), authority, world: cloud }),
  );
  await codeCommit.createRepository(stranger.account.accountId, stranger.repositoryName);
  const internet = new Internet(codeCommit);
  const surroundings = { folder, authority, internet, opened };
  const { networkOf, proxyLogGroup, ...sourceSite } = await openSourceSite(surroundings, source);
  const openAt = async (name: string, address: string) => {
    await internet.open({ sourceIp: address });
    return openPosition(surroundings, name, networkOf(address));
  };
  const workAddress = firstAddress(source.config.source.workTerminalCidrs[0] ?? "198.51.100.0/24");
  const { proxy } = sourceSite;
  return {
    surroundings,
    networkOf,
    bound: organization ? boundAccounts(organization) : [],
    proxyAlarms:
      proxy && proxyLogGroup !== undefined ? [new ProxyAlarms(source.account, proxy, proxyLogGroup)] : [],
    common: {
      ...sourceSite,
      codeCommit,
      cloud,
      workTerminal: await openAt("work terminal", workAddress),
      outside: await openAt("outside", outsideAddress),
      outsideAddress,
      openPosition: positionsAtCodeCommit(surroundings),
      leaks: internet.leaks,
      stranger,
      localGit: { env: gitEnvironment(folder), processes: opened(new Processes()) },
    },
  };
}

/** @param terminal the name of the target's isolated terminal */
async function openTarget(
  target: DeployedStack<"target">,
  terminal: string,
  { surroundings, networkOf, bound, proxyAlarms, common }: Awaited<ReturnType<typeof openShared>>,
): Promise<Omit<Testbed, "close">> {
  const { codeCommit } = common;
  const tripwires = new Tripwires(target.account, codeCommit);
  const recorders = [tripwires, ...proxyAlarms];
  return {
    ...common,
    ...(await openIsolatedSite(surroundings, target, networkOf, terminal)),
    ...targetFacts(target),
    tripwires,
    recordAlarms() {
      const recorded = recorders.map((recorder) => recorder.record());
      return () => recorded.flatMap((fired) => fired());
    },
    insider: await insiderOf(target.account),
    isBound: bound.includes(target.account.accountId),
    airlockDirectory: (name) => codeCommit.createRepository(target.account.accountId, name),
  };
}

function targetFacts({ account, deployment }: DeployedStack<"target">): TargetFacts {
  const { stack } = deployment;
  const repositories = repositoriesOutput.parse(deployment.output("repositories"));
  const pullSecret = account.secretsManager.currentValue(String(deployment.output("pullSecretArn")));
  return {
    stack,
    airlock: repositories[0],
    repositories,
    pushCredential: gitCredential.parse(deployment.output("pushCredential")),
    pullCredential: gitCredential.parse(JSON.parse(pullSecret)),
  };
}

/** Opens positions one after the other, each of which leads to CodeCommit alone. */
function positionsAtCodeCommit(surroundings: Surroundings): Testbed["openPosition"] {
  const { internet } = surroundings;
  let count = 0;
  return async (arrival) => {
    await internet.open(arrival);
    return openPosition(surroundings, `position ${++count}`, (host, port) =>
      internet.isCodeCommit(host, port)
        ? { port: internet.arriveAt(arrival) }
        : { refused: "this position leads to CodeCommit alone" },
    );
  };
}
