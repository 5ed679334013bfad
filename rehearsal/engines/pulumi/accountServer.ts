/** Serves a stand-in account to Pulumi's engine, as a provider that is already running. */
import { EventEmitter, once } from "node:events";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaResponse, type ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { z } from "zod";
import { errorText } from "../../../facts/errorText";
import type { AccountOptions } from "../../aws/accountContext";
import { readDefaultTags } from "../../aws/defaultTags";
import { Ledger } from "../../aws/ledger";
import { AwsError } from "../../aws/awsError";
import { construct } from "./construct";
import {
  check,
  configure,
  create,
  diff,
  invoke,
  read,
  remove,
  update,
  type Provided,
} from "./resourceProvider";

/** The packages whose resources an account makes. The engine asks each for the version that the program was built for. */
const packages = ["aws", "awsx", "random", "tls"] as const;

/** For how long the account must not change, in milliseconds, before a refused deletion is given up. */
const patience = 2_000;

/** Answers one request, or fails it with the error's own words. */
function unary<Request, Response>(
  work: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, answer) => {
    Promise.resolve(request)
      .then(work)
      .then(
        (response) => {
          answer(null, response);
        },
        (error: unknown) => {
          const details = errorText(error);
          answer({ code: grpc.status.UNKNOWN, details });
        },
      );
  };
}

function versionOf(name: string): string {
  const manifest = require.resolve(`@pulumi/${name}/package.json`);
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, "utf8"))).version;
}

export class AccountServer {
  readonly #servers: grpc.Server[] = [];
  readonly #ports = new Map<string, number>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  private constructor(
    readonly ledger: Ledger,
    private readonly file: string,
  ) {}

  /** Opens the account that a file keeps (a new one, if there is none) and starts to serve it. */
  static async start(options: AccountOptions, file: string): Promise<AccountServer> {
    const text = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    const server = new AccountServer(await Ledger.open(options, text), file);
    await Promise.all(packages.map((name) => server.#serve(name)));
    return server;
  }

  /** What makes Pulumi's engine take this account for its providers: the value of PULUMI_DEBUG_PROVIDERS. */
  get debugProviders(): string {
    return [...this.#ports].map(([name, port]) => `${name}:${port}`).join(",");
  }

  /** Frees the ports. */
  close(): void {
    for (const server of this.#servers) server.forceShutdown();
  }

  async #serve(name: (typeof packages)[number]): Promise<void> {
    let provided: Provided = { ledger: this.ledger, defaultTags: {} };
    const server = new grpc.Server();
    this.#servers.push(server);
    let engineAddress = "";
    server.addService(ResourceProviderService, {
      getPluginInfo: unary(() => {
        const response = new PluginInfo();
        response.setVersion(versionOf(name));
        return response;
      }),
      getSchema: unary(() => {
        const response = new GetSchemaResponse();
        response.setSchema("{}");
        return response;
      }),
      attach: unary((request: PluginAttach) => {
        engineAddress = request.getAddress();
        return new Empty();
      }),
      cancel: unary(() => new Empty()),
      configure: unary((request: ConfigureRequest) => {
        const defaultTags = readDefaultTags(request.getVariablesMap().get(`${name}:config:defaultTags`));
        provided = { ...provided, defaultTags };
        return configure(name === "awsx");
      }),
      check: unary(check),
      diff: unary(diff),
      invoke: unary((request: Parameters<typeof invoke>[1]) => invoke(provided, request)),
      construct: unary((request: Parameters<typeof construct>[0]) => construct(request, engineAddress)),
      read: unary((request: Parameters<typeof read>[1]) => read(provided, request)),
      create: unary((request: Parameters<typeof create>[1]) => this.#saving(create(provided, request))),
      update: unary((request: Parameters<typeof update>[1]) => this.#saving(update(provided, request))),
      delete: unary((request: Parameters<typeof remove>[1]) => this.#delete(provided, request)),
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    this.#ports.set(name, port);
  }

  /**
   * AWS's provider tries a deletion that is refused again for minutes: what is in the way may be about to be deleted by
   * another request. This one tries again as long as the account changes.
   */
  async #delete(provided: Provided, request: Parameters<typeof remove>[1]): Promise<Empty> {
    for (;;) {
      const changed = once(this.#changes, "change", { signal: AbortSignal.timeout(patience) }).then(
        () => true,
        () => false,
      );
      try {
        return await this.#saving(remove(provided, request));
      } catch (error) {
        if (!(error instanceof AwsError && error.code === "DependencyViolation")) throw error;
        if (!(await changed)) throw error;
      }
    }
  }

  /** Keeps the account before anybody hears of the change. */
  async #saving<T>(change: Promise<T>): Promise<T> {
    const response = await change;
    writeFileSync(`${this.file}.new`, this.ledger.toText(), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
    this.#changes.emit("change");
    return response;
  }
}
