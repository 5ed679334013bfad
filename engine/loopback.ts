/** Keeps the proxies of the user's environment from what Pulumi's processes say to each other. */

/**
 * The value of `no_grpc_proxy` for Pulumi's Node.js processes: what the environment exempts already, and the loopback
 * interface. gRPC for Node.js takes `grpc_proxy`, `https_proxy` and `http_proxy` for each connection, loopback or not;
 * Go, which the CLI is written in, exempts the loopback interface by itself.
 *
 * - https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/src/http_proxy.ts
 * - https://pkg.go.dev/net/http#ProxyFromEnvironment
 */
export function directLoopback({ no_grpc_proxy, no_proxy }: NodeJS.ProcessEnv): string {
  const exempt = (no_grpc_proxy || no_proxy)?.split(",") ?? [];
  return [...new Set([...exempt, "127.0.0.1", "localhost"])].join(",");
}
