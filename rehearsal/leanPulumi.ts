/**
 * Keeps Pulumi from loading what it needs only to turn functions of a program into code in the cloud: a compiler and npm's
 * dependency resolver, together 800 modules. To be imported before Pulumi is.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/functions/function-serialization/
 */
import Module, { createRequire } from "node:module";

const pulumi = createRequire(require.resolve("@pulumi/pulumi/package.json"));

for (const name of ["typescript", "@npmcli/arborist"]) {
  const file = pulumi.resolve(name);
  require.cache[file] ??= Object.assign(new Module(file), {
    filename: file,
    loaded: true,
    exports: absent(name),
  });
}

/** A module that can be looked at, as importing code does, and not be used. */
function absent(name: string): object {
  return new Proxy(
    {},
    {
      get(_target, key) {
        if (typeof key === "symbol" || ["__esModule", "default", "then"].includes(key)) return undefined;
        throw new Error(
          `The rehearsal runs without ${name}, which Pulumi needs for functions that become code in the cloud (${key}). ` +
            "Give such a resource its code as an asset or archive.",
        );
      },
    },
  );
}
