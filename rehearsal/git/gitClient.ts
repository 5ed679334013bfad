/** Git as a person or a machine at one network position runs it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectPath, type Resolver } from "./connectPath";
import { gitEnvironment, type GitResult, Processes, runGit } from "./gitProcess";

/** A user name and password for git over HTTPS. */
export interface Credential {
  user: string;
  password: string;
}

/** How one git command is run at a position. */
export interface ClientOptions {
  /** Default: the position's own home. */
  cwd?: string;
  /** Shown when a server asks for one. Default: none, and git fails instead of asking. */
  credential?: Credential;
  /** The proxy on the way. Default: the position's own network path. */
  proxyUrl?: string;
  /** Further variables, which do not take the place of others. */
  variables?: Readonly<Record<string, string>>;
}

/**
 * Answers git's two questions from the environment, so that a password with any character works and appears in no
 * process list, URL, file or log.
 */
const ASKPASS = `#!/bin/sh
case "$1" in
  Username*) printf '%s\\n' "$AIRLOCK_GIT_USER" ;;
  *) printf '%s\\n' "$AIRLOCK_GIT_PASSWORD" ;;
esac
`;

/** What a position is made of. */
export interface PositionOptions {
  /** What people call it, e.g. `work terminal`. */
  name: string;
  /** Where the position's home is made, under its name. */
  folder: string;
  /** The certificate authority that git trusts here, and no other; PEM. */
  authorityFile: string;
  /** Where connections from here end. */
  resolve: Resolver;
}

/** A place in the network: its own home directory, and its own way out. */
export class Position {
  readonly name: string;
  /** A folder of the rehearsal, empty but for what is needed to answer git; free for clones. */
  readonly home: string;
  readonly #authorityFile: string;
  readonly #processes = new Processes();
  readonly #askpass: string;
  /** An empty folder, in the place of the machine's own certificate authorities. */
  readonly #noAuthorities: string;

  private constructor(
    options: PositionOptions,
    /** The position's network, and what was refused on it. */
    readonly path: ConnectPath,
    /** The network path as git's proxy. */
    readonly proxyUrl: string,
  ) {
    this.name = options.name;
    this.home = join(options.folder, options.name.replaceAll(" ", "-"));
    this.#authorityFile = options.authorityFile;
    this.#askpass = join(this.home, ".askpass");
    this.#noAuthorities = join(this.home, ".no-authorities");
    mkdirSync(this.#noAuthorities, { recursive: true });
    writeFileSync(this.#askpass, ASKPASS, { mode: 0o700 });
  }

  /** Opens the position's network path and makes its home. */
  static async open(options: PositionOptions): Promise<Position> {
    const path = new ConnectPath(options.resolve);
    return new Position(options, path, `http://127.0.0.1:${await path.listen()}`);
  }

  /**
   * Runs git here. A non-zero code is a result: look at `code`.
   *
   * The repository's own hooks and credential helpers are left out; what else its configuration says applies, so
   * take a bare clone of a repository whose configuration is not yours.
   */
  git(args: string[], options: ClientOptions = {}): Promise<GitResult> {
    const proxy = options.proxyUrl ?? this.proxyUrl;
    const { credential } = options;
    if (credential && /[\n\r\0]/.test(credential.user + credential.password)) {
      throw new Error("a git credential cannot hold a line break or NUL; git reads it line by line");
    }
    return runGit(["-c", "credential.helper=", "-c", "core.hooksPath=/dev/null", ...args], {
      cwd: options.cwd ?? this.home,
      processes: this.#processes,
      env: {
        ...options.variables,
        ...gitEnvironment(this.home),
        GIT_SSL_CAINFO: this.#authorityFile,
        GIT_SSL_CAPATH: this.#noAuthorities,
        https_proxy: proxy,
        http_proxy: proxy,
        // ssh and git:// know no proxy and would leave the rehearsal's network.
        GIT_ALLOW_PROTOCOL: "https:http:file",
        ...(credential && {
          GIT_ASKPASS: this.#askpass,
          AIRLOCK_GIT_USER: credential.user,
          AIRLOCK_GIT_PASSWORD: credential.password,
        }),
      },
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#processes.close(), this.path.close()]);
  }
}
