/** No file imports itself by way of others, type imports counted: a circle is two subjects that want to be cut anew. */
import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..");
const folders = [
  "automation",
  "bench",
  "components",
  "engine",
  "facts",
  "isolation",
  "policies",
  "rehearsal",
  "test",
  "tools",
];

function sources(): string[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      join(root, folder, file),
    ),
  );
  return [...below, join(root, "index.ts")].filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
}

/** The file that a relative import names. */
function resolve(from: string, name: string): string | undefined {
  const path = join(dirname(from), name);
  return [path, `${path}.ts`, join(path, "index.ts")].find(
    (file) => file.endsWith(".ts") && existsSync(file),
  );
}

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  return importedFiles.flatMap(({ fileName }) =>
    fileName.startsWith(".") ? (resolve(file, fileName) ?? []) : [],
  );
}

/** The first circle, as the files on it; none when there is none. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return [];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const found = visit(next);
      if (found.length > 0) return found;
    }
    path.pop();
    finished.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const found = visit(file);
    if (found.length > 0) return found;
  }
  return [];
}

describe("the files of the project", () => {
  it("import one another in no circle", () => {
    const graph = new Map(sources().map((file) => [file, importsOf(file)]));
    expect(graph.size).to.be.greaterThan(500);
    expect(circle(graph).map((file) => relative(root, file))).to.deep.equal([]);
  });

  it("would be seen to, if they did", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", ["d"]],
      ["d", ["b"]],
    ]);
    expect(circle(graph)).to.deep.equal(["b", "c", "d", "b"]);
  });
});
