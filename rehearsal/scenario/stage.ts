/** The stage: git servers, the proxy, and the positions around them, wired as the deployed stacks say. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { firstAddress } from "./addresses";
import { Agent } from "./agent";
import { CertificateAuthority } from "../certificates";
import { Cloud } from "./cloud";
import { CodeCommit } from "../git/codeCommit";
import type { ServerGit } from "../git/bareRepository";
import type { Hop, Resolver } from "../git/connectPath";
import { ForwardProxy } from "../git/forwardProxy";
import { Position, type Credential } from "../git/gitClient";
import { GitLab } from "../git/gitlab";
import { gitEnvironment, Processes } from "../git/gitProcess";
import { proxyFor } from "../git/mirrorProxy";
import type { Arrival } from "../git/world";
import { IsolatedZone } from "./isolatedZone";
import { Blocked, SourceNetwork } from "./sourceNetwork";
import type { StoodUp } from "../engines/standUp";
import type { Stranger } from "./stranger";
import { ProxyAlarms } from "./proxyAlarms";
import { Tripwires, type Rung } from "./tripwires";

/** Somebody's home, far from both sides; no Elastic IP of the rehearsal gets this high. */
const outsideAddress = "203.0.113.250";

const airlockRepository = z.object({ gitlabProject: z.string(), name: z.string(), cloneUrlHttp: z.string() });
const repositoriesOutput = z.tuple([airlockRepository], airlockRepository);
const gitCredential = z
  .object({ userName: z.string(), password: z.string() })
  .transform(({ userName, password }): Credential => ({ user: userName, password }));

/** Everything that stands on the stage. */
export interface Stage {
  gitlab: GitLab;
  codeCommit: CodeCommit;
  /** What watches the target's account. */
  tripwires: Tripwires;
  /** Listens to every alarm, of both sides; the function it returns tells what has rung since. */
  hearAlarms(): () => Rung[];
  /** The accounts behind CodeCommit. */
  cloud: Cloud;
  /** Undefined where GitLab goes out by itself. */
  proxy: ForwardProxy | undefined;
  /** Where GitLab's mirrors find the forward proxy; undefined as `proxy` is. */
  mirrorProxyUrl: string | undefined;
  workTerminal: Position;
  gitlabHost: Position;
  isolatedTerminal: Position;
  outside: Position;
  /** Where `outside` comes from. */
  outsideAddress: string;
  /** How an isolated terminal's requests arrive at CodeCommit. */
  isolatedArrival: Arrival;
  /** A position whose requests arrive at CodeCommit in a given way, and get nowhere else. */
  openPosition(arrival: Arrival): Promise<Position>;
  isolatedZone: IsolatedZone;
  /** Where GitLab's pushes come from. */
  sourceAddresses: string[];
  /** The airlock repository that the rehearsal goes through: the target's first. */
  airlock: z.infer<typeof airlockRepository>;
  /** Every airlock repository. */
  repositories: z.infer<typeof airlockRepository>[];
  /** Connections that got out to somewhere on the Internet that is not CodeCommit, as "address to host:port". */
  leaks: string[];
  /** A person who may push to GitLab. */
  developer: Credential;
  pushCredential: Credential;
  pullCredential: Credential;
  stranger: Stranger;
  /** Runs git on files, where nothing crosses a network. */
  localGit: ServerGit;
  /** The bare repository of an airlock repository. */
  airlockDirectory(name: string): Promise<string>;
  /** Ends every process and frees every port. */
  close(): Promise<void>;
}

/** What a network path answers for a way that may be blocked. */
function hop(find: () => number): Hop {
  try {
    return { port: find() };
  } catch (error) {
    if (error instanceof Blocked) return { refused: error.message };
    throw error;
  }
}

/** Takes the values in turn, for ever. */
function inTurn<T>(values: readonly T[]): () => T {
  let next = 0;
  return () => {
    const value = values[next++ % values.length];
    if (value === undefined) throw new Blocked("there is no NAT gateway to go out by");
    return value;
  };
}

/** What a stage is set between. */
export interface Sides {
  source: StoodUp<"source">;
  target: StoodUp<"target">;
}

/** A stage whose mirrors are set by what the mirror stack deployed. */
export interface MirroredStage extends Stage {
  agent: Agent;
}

/** Sets the stage in a folder, with the agent that sets its mirrors. */
export async function setMirroredStage(
  folder: string,
  sides: Sides,
  mirror: StoodUp<"mirror">,
  stranger: Stranger,
): Promise<MirroredStage> {
  const stage = await setStage(folder, sides, stranger);
  return { ...stage, agent: new Agent(stage.gitlab, mirror) };
}

/** Sets the stage in a folder. */
export async function setStage(
  folder: string,
  { source, target }: Sides,
  stranger: Stranger,
): Promise<Stage> {
  const sourceNetwork = new SourceNetwork(source.account, source.deployment);
  const { isolatedTerminalCidrs } = target.config.target.pull;
  const isolatedZone = new IsolatedZone(target.account, target.deployment, isolatedTerminalCidrs);
  const authority = await CertificateAuthority.create(folder);

  const cloud = new Cloud([target.account, stranger.account]);
  const codeCommit = new CodeCommit({
    region: target.config.region,
    folder: join(folder, "codecommit"),
    authority,
    world: cloud,
  });
  /** The port of CodeCommit that a connection arrives at; opened beforehand, because a path decides at once. */
  const ports = new Map<string, number>();
  const openArrival = async (arrival: Arrival) => {
    const key = JSON.stringify(arrival);
    if (!ports.has(key)) ports.set(key, await codeCommit.listen(arrival));
  };
  const arriveAt = (arrival: Arrival): number => {
    const port = ports.get(JSON.stringify(arrival));
    if (port === undefined) throw new Error(`no arrival ${JSON.stringify(arrival)} was opened`);
    return port;
  };
  const leaks: string[] = [];
  /** A connection over the Internet. CodeCommit answers there; whatever goes elsewhere has got out. */
  const overTheInternet = (host: string, port: number, sourceIp: () => string): number => {
    if (host === codeCommit.hostname && port === 443) return arriveAt({ sourceIp: sourceIp() });
    leaks.push(`${sourceIp()} to ${host}:${port}`);
    throw new Blocked("nobody answers there on the rehearsed Internet");
  };

  // Who stands where.
  const workAddress = firstAddress(source.config.source.workTerminalCidrs[0] ?? "198.51.100.0/24");
  const proxyUrl = proxyFor(new URL(`https://${codeCommit.hostname}`), sourceNetwork.gitalyEnvironment);
  const deployedProxy = proxyUrl && sourceNetwork.proxyAt(proxyUrl.host, proxyUrl.port);
  const sourceAddresses = deployedProxy?.sourceAddresses ?? sourceNetwork.direct(443);
  const isolatedArrival = isolatedZone.arrival(codeCommit.hostname);
  const addresses = [...sourceAddresses, workAddress, outsideAddress, isolatedZone.terminal];
  await Promise.all([
    openArrival(isolatedArrival),
    ...addresses.map((sourceIp) => openArrival({ sourceIp })),
  ]);

  const nextSource = inTurn(sourceAddresses);
  const proxy =
    deployedProxy &&
    new ForwardProxy(deployedProxy.conf, (host, port) => hop(() => overTheInternet(host, port, nextSource)));
  const proxyPort = proxy && (await proxy.listen(deployedProxy.clientIp));

  const open = (name: string, resolve: Resolver) =>
    Position.open({ name, folder: join(folder, "positions"), authorityFile: authority.file, resolve });
  const gitlabHost = await open("gitlab host", (host, port) =>
    hop(() => {
      if (proxyPort !== undefined && host === proxyUrl?.host && port === proxyUrl.port) return proxyPort;
      sourceNetwork.direct(port);
      return overTheInternet(host, port, nextSource);
    }),
  );
  const developer = { user: "developer", password: randomBytes(18).toString("base64") };
  const gitlab = new GitLab({
    hostname: sourceNetwork.gitlabHostname,
    folder: join(folder, "gitlab"),
    authority,
    developers: [developer],
    position: gitlabHost,
    environment: sourceNetwork.gitalyEnvironment,
  });
  const gitlabPort = await gitlab.listen();
  /** A connection from a public address: to GitLab's ingress, or to the rest of the Internet. */
  const fromAddress =
    (address: string): Resolver =>
    (host, port) =>
      hop(() => {
        if (host !== gitlab.hostname) return overTheInternet(host, port, () => address);
        sourceNetwork.enter(address, port);
        return gitlabPort;
      });
  const workTerminal = await open("work terminal", fromAddress(workAddress));
  const outside = await open("outside", fromAddress(outsideAddress));
  const insideTheVpc: Resolver = (host, port) =>
    hop(() => {
      if (host === codeCommit.hostname && port === 443) return arriveAt(isolatedZone.arrival(host));
      isolatedZone.lookUp(host);
      isolatedZone.leave();
      return overTheInternet(host, port, () => isolatedZone.terminal);
    });
  const isolatedTerminal = await open(
    "isolated terminal",
    isolatedZone.hasEndpoint ? insideTheVpc : fromAddress(isolatedZone.terminal),
  );

  await codeCommit.createRepository(stranger.account.accountId, stranger.repositoryName);
  const processes = new Processes();
  const positions = [workTerminal, gitlabHost, isolatedTerminal, outside];
  const openPosition = async (arrival: Arrival): Promise<Position> => {
    await openArrival(arrival);
    const toCodeCommit: Resolver = (host, port) =>
      host === codeCommit.hostname && port === 443
        ? { port: arriveAt(arrival) }
        : { refused: "this position leads to CodeCommit alone" };
    const position = await open(`position ${positions.length + 1}`, toCodeCommit);
    positions.push(position);
    return position;
  };
  const output = (name: string) => target.deployment.output(name);
  const repositories = repositoriesOutput.parse(output("repositories"));
  const pullSecret = target.account.secretsManager.currentValue(String(output("pullSecretArn")));
  const tripwires = new Tripwires(target.account, codeCommit);
  const logGroup = deployedProxy?.logGroup;
  const proxyAlarms = proxy && logGroup !== undefined && new ProxyAlarms(source.account, proxy, logGroup);
  return {
    tripwires,
    hearAlarms() {
      const heard = [tripwires, ...(proxyAlarms ? [proxyAlarms] : [])].map((alarms) => alarms.listen());
      return () => heard.flatMap((rung) => rung());
    },
    ...{ gitlab, codeCommit, cloud, proxy, workTerminal, gitlabHost, isolatedTerminal, outside },
    ...{ outsideAddress, isolatedArrival, openPosition },
    ...{ isolatedZone, sourceAddresses, developer, stranger },
    mirrorProxyUrl: proxyPort === undefined ? undefined : `http://127.0.0.1:${proxyPort}`,
    airlock: repositories[0],
    repositories,
    leaks,
    pushCredential: gitCredential.parse(output("pushCredential")),
    pullCredential: gitCredential.parse(JSON.parse(pullSecret)),
    localGit: { env: gitEnvironment(folder), processes },
    airlockDirectory: (name) => codeCommit.createRepository(target.account.accountId, name),
    async close() {
      await Promise.all(
        [...positions, processes, ...(proxy ? [proxy] : []), gitlab, codeCommit].map((each) => each.close()),
      );
    },
  };
}
