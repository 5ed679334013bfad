/** Servers of the rehearsal: on 127.0.0.1, on ports the system picks, and gone without a trace when closed. */
import { type Server, type Socket, createConnection } from "node:net";

/** A set of listening servers that are closed together, with every connection they still hold. */
export class LoopbackServers {
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();

  /** Starts the server on a free port of 127.0.0.1 and returns that port. */
  async listen(server: Server): Promise<number> {
    server.on("connection", (socket: Socket) => {
      this.track(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
    this.#servers.add(server);
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has no TCP address");
    return address.port;
  }

  /** Opens a connection to a port of 127.0.0.1 that is closed with the servers. */
  connect(port: number): Socket {
    // Otherwise a small packet waits some 40 ms for the answer to the one before it, which the far end holds back.
    const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    this.track(socket);
    return socket;
  }

  /** Has a connection destroyed when the servers close. */
  track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /** Closes every server and connection; resolves when all ports are free. */
  async close(): Promise<void> {
    const closed = [...this.#servers].map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => {
            resolve();
          });
        }),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
    this.#servers.clear();
  }
}
