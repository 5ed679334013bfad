/** Which outputs the SDK promises of a resource type: the properties whose type leaves no room for `undefined`. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { isRecord } from "../../../facts/record";
import type { Properties } from "../../../rehearsal/aws/accountContext";

/** What is promised of an object: its properties, and in turn what is promised of theirs. */
type Promised = ReadonlyMap<string, Promised>;

const nothing: Promised = new Map();

/** The declarations of one SDK package, parsed no further than they are asked for: they are megabytes. */
class Declarations {
  readonly #folder: string;
  #outputTypes: string | undefined;
  readonly #shapes = new Map<string, Promised>();

  constructor(name: string) {
    this.#folder = dirname(require.resolve(`@pulumi/${name}/package.json`));
  }

  ofResource(file: string, className: string): Promised {
    const path = join(this.#folder, `${file}.d.ts`);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
    const declared = source.statements.filter(ts.isClassDeclaration).find((c) => c.name?.text === className);
    if (!declared) throw new Error(`${path} declares no class ${className}`);
    const properties = declared.members.filter(ts.isPropertyDeclaration).flatMap((member) => {
      const output = member.type && ts.isTypeReferenceNode(member.type) ? member.type : undefined;
      return output?.typeName.getText(source) === "pulumi.Output" && output.typeArguments?.[0]
        ? [{ name: member.name.getText(source), type: output.typeArguments[0] }]
        : [];
    });
    return this.#promised(properties, source);
  }

  #promised(properties: readonly { name: string; type: ts.TypeNode }[], source: ts.SourceFile): Promised {
    return new Map(
      properties
        .filter(({ type }) => !mayBeUndefined(type))
        .map(({ name, type }) => [name, this.#ofType(type.getText(source))]),
    );
  }

  /** @param type e.g. "outputs.ec2.InstanceRootBlockDevice[]"; of any other form nothing more is promised */
  #ofType(type: string): Promised {
    const [, module, name] = /^outputs\.(\w+)\.(\w+)(?:\[\])?$/.exec(type) ?? [];
    if (module === undefined || name === undefined) return nothing;
    const known = this.#shapes.get(`${module}.${name}`);
    if (known) return known;
    const source = ts.createSourceFile("one.d.ts", this.#interface(module, name), ts.ScriptTarget.Latest);
    const declared = source.statements.find(ts.isInterfaceDeclaration);
    const properties = (declared?.members ?? []).flatMap((member) =>
      ts.isPropertySignature(member) && member.type && !member.questionToken
        ? [{ name: member.name.getText(source), type: member.type }]
        : [],
    );
    const shape = this.#promised(properties, source);
    this.#shapes.set(`${module}.${name}`, shape);
    return shape;
  }

  /** The text of one interface of the package's `types/output.d.ts`. */
  #interface(module: string, name: string): string {
    this.#outputTypes ??= readFileSync(join(this.#folder, "types", "output.d.ts"), "utf8");
    const namespace = this.#outputTypes.indexOf(`\nexport declare namespace ${module} {`);
    const start = this.#outputTypes.indexOf(`\n    interface ${name} {`, namespace);
    const end = this.#outputTypes.indexOf("\n    }", start);
    if (namespace < 0 || start < 0 || end < 0) throw new Error(`no interface ${module}.${name}`);
    return this.#outputTypes.slice(start, end + "\n    }".length);
  }
}

function mayBeUndefined(type: ts.TypeNode): boolean {
  return ts.isUnionTypeNode(type) && type.types.some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword);
}

const packages = new Map<string, Declarations>();
const resources = new Map<string, Promised>();

/** @param type e.g. "aws:ec2/instance:Instance" */
function promisedOutputs(type: string): Promised {
  const known = resources.get(type);
  if (known) return known;
  const [name = "", path = "", className = ""] = type.split(":");
  const declarations = packages.get(name) ?? new Declarations(name);
  packages.set(name, declarations);
  const promised = declarations.ofResource(path.replace(/^index\//, ""), className);
  resources.set(type, promised);
  return promised;
}

/** The promised outputs that are not there, each as a path such as `rootBlockDevice.iops`. */
export function missingOutputs(type: string, outputs: Properties): string[] {
  return [...new Set(missing(promisedOutputs(type), outputs))];
}

function missing(promised: Promised, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => missing(promised, item));
  if (!isRecord(value)) return [];
  return [...promised].flatMap(([name, inner]) =>
    value[name] === undefined || value[name] === null
      ? [name]
      : missing(inner, value[name]).map((path) => `${name}.${path}`),
  );
}
