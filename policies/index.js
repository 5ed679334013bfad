// What Pulumi loads. It would register ts-node for an index.ts, whatever PulumiPolicy.yaml says; tsx is what this
// project runs TypeScript with, and needs no second compiler.
require("tsx/cjs");
require("./pack.ts");
