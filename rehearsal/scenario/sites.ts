/** The two sites of the rehearsal, each with its network as the deployed stack says. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { CertificateAuthority } from "../certificates";
import type { DeployedStack } from "../engines/deployStack";
import type { Resolver } from "../git/connectPath";
import { ForwardProxy } from "../git/forwardProxy";
import { Position, type Credential } from "../git/gitClient";
import { GitLab } from "../git/gitlab";
import { proxyFor } from "../git/mirrorProxy";
import type { Arrival } from "../git/world";
import { Blocked } from "./blocked";
import { hop, type Internet } from "./internet";
import { IsolatedZone } from "./isolatedZone";
import { SourceNetwork, type DeployedProxy } from "./sourceNetwork";

/** What can be closed. */
export interface Closable {
  close(): Promise<void>;
}

/** What the sites of one testbed share. */
export interface Surroundings {
  /** Where everything keeps its files. */
  folder: string;
  authority: CertificateAuthority;
  internet: Internet;
  /** Has it closed with the testbed. */
  opened: <T extends Closable>(part: T) => T;
}

/** GitLab, its host, and the way that its pushes take. */
export interface SourceSite {
  sourceNetwork: SourceNetwork;
  gitlab: GitLab;
  gitlabHost: Position;
  /** A person who may push to GitLab. */
  developer: Credential;
  /** Undefined where GitLab goes out by itself. */
  proxy: ForwardProxy | undefined;
  /** Where GitLab's mirrors find the forward proxy; undefined as `proxy` is. */
  mirrorProxyUrl: string | undefined;
  /** The log group that the proxy writes to, if it writes to one. */
  proxyLogGroup: string | undefined;
  /** Where GitLab's pushes come from. */
  sourceAddresses: string[];
  /** The network of somebody at a public address: leads to GitLab's ingress, and to the rest of the Internet. */
  networkOf: (address: string) => Resolver;
}

/** The isolated terminal and its network. */
export interface IsolatedSite {
  isolatedZone: IsolatedZone;
  isolatedTerminal: Position;
  /** How an isolated terminal's requests arrive at CodeCommit. */
  isolatedArrival: Arrival;
}

/** Opens a position with a home of its own. */
export async function openPosition(
  { folder, authority, opened }: Surroundings,
  name: string,
  resolve: Resolver,
): Promise<Position> {
  const options = { name, folder: join(folder, "positions"), authorityFile: authority.file, resolve };
  return opened(await Position.open(options));
}

/** Starts GitLab and the forward proxy as the source's stack has deployed them. */
export async function openSourceSite(
  surroundings: Surroundings,
  source: DeployedStack<"source">,
): Promise<SourceSite> {
  const { folder, authority, internet, opened } = surroundings;
  const network = new SourceNetwork(source.account, source.deployment);
  const codeCommitUrl = new URL(`https://${internet.codeCommit.hostname}`);
  const proxyUrl = proxyFor(codeCommitUrl, network.gitalyEnvironment);
  const deployedProxy = proxyUrl && network.proxyAt(proxyUrl.host, proxyUrl.port);
  const sourceAddresses = deployedProxy?.sourceAddresses ?? network.direct(443);
  await Promise.all(sourceAddresses.map((sourceIp) => internet.open({ sourceIp })));
  const nextSource = inTurn(sourceAddresses);
  const running = deployedProxy && (await startProxy(surroundings, deployedProxy, nextSource));
  const gitlabHost = await openPosition(surroundings, "gitlab host", (host, port) =>
    hop(() => {
      if (running && host === proxyUrl.host && port === proxyUrl.port) return running.port;
      network.direct(port);
      network.lookUp(host);
      return internet.connect(host, port, nextSource());
    }),
  );
  const developer = { user: "developer", password: randomBytes(18).toString("base64") };
  const gitlab = opened(
    new GitLab({
      hostname: network.gitlabHostname,
      folder: join(folder, "gitlab"),
      authority,
      developers: [developer],
      position: gitlabHost,
      environment: network.gitalyEnvironment,
      railsEnvironment: network.railsEnvironment,
    }),
  );
  const gitlabPort = await gitlab.listen();
  return {
    sourceNetwork: network,
    gitlab,
    gitlabHost,
    developer,
    proxy: running?.proxy,
    mirrorProxyUrl: running && `http://127.0.0.1:${running.port}`,
    proxyLogGroup: deployedProxy?.logGroup,
    sourceAddresses,
    networkOf: (address) => (host, port) =>
      hop(() => {
        if (host !== gitlab.hostname) return internet.connect(host, port, address);
        network.enter(address, port);
        return gitlabPort;
      }),
  };
}

async function startProxy(
  { internet, opened }: Surroundings,
  deployed: DeployedProxy,
  nextSource: () => string,
): Promise<{ proxy: ForwardProxy; port: number }> {
  const proxy = new ForwardProxy(deployed.conf, (host, port) =>
    hop(() => {
      deployed.lookUp(host);
      return internet.connect(host, port, nextSource());
    }),
  );
  return { proxy: opened(proxy), port: await proxy.listen(deployed.clientIp) };
}

/**
 * Opens the isolated terminal: behind the endpoint, or where there is none at a listed address of the Internet.
 * @param name the terminal's, which no other position has
 */
export async function openIsolatedSite(
  surroundings: Surroundings,
  target: DeployedStack<"target">,
  networkOf: SourceSite["networkOf"],
  name: string,
): Promise<IsolatedSite> {
  const { internet } = surroundings;
  const { isolatedTerminalCidrs } = target.config.target.pull;
  const isolatedZone = new IsolatedZone(target.account, target.deployment, isolatedTerminalCidrs);
  const { terminal } = isolatedZone;
  const isolatedArrival = isolatedZone.arrival(internet.codeCommit.hostname);
  await internet.open(isolatedArrival);
  await internet.open({ sourceIp: terminal });
  const insideTheVpc: Resolver = (host, port) =>
    hop(() => {
      if (internet.isCodeCommit(host, port)) return internet.arriveAt(isolatedZone.arrival(host));
      isolatedZone.lookUp(host);
      isolatedZone.leave();
      return internet.connect(host, port, terminal);
    });
  const network = isolatedZone.hasEndpoint ? insideTheVpc : networkOf(terminal);
  const isolatedTerminal = await openPosition(surroundings, name, network);
  return { isolatedZone, isolatedTerminal, isolatedArrival };
}

/** Takes the values in turn, again and again. */
function inTurn<T>(values: readonly T[]): () => T {
  let next = 0;
  return () => {
    const value = values[next++ % values.length];
    if (value === undefined) throw new Blocked("there is no NAT gateway to go out by");
    return value;
  };
}
