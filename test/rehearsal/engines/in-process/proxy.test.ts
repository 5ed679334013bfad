import { expect } from "chai";
import { directLoopback } from "../../../../engine/loopback";
import "../../../../rehearsal/engines/in-process/pulumiRuntime";

describe("what the environment exempts from its proxies, for Pulumi's processes", () => {
  it("is the loopback interface and all that was exempt", () => {
    expect(directLoopback({})).to.equal("127.0.0.1,localhost");
    expect(directLoopback({ no_proxy: ".corp.example" })).to.equal(".corp.example,127.0.0.1,localhost");
    expect(directLoopback({ no_grpc_proxy: "a", no_proxy: "b" })).to.equal("a,127.0.0.1,localhost");
    expect(directLoopback({ no_grpc_proxy: "127.0.0.1" })).to.equal("127.0.0.1,localhost");
  });

  it("holds in this process, and so in those that it starts", () => {
    expect(process.env["no_grpc_proxy"]?.split(",")).to.include.members(["127.0.0.1", "localhost"]);
  });
});
