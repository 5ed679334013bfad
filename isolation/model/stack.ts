/** Looks things up in one stack, and remembers what could not be told. Every look-up takes constant time. */
import { typesOfUrn } from "../../facts/urn";
import { CONCERNS, type Concern } from "../../facts/resourceTypes";
import { parsePolicy, type Policy } from "../iam/policy";
import { UnsupportedPolicyError } from "../iam/unsupported";
import type { Gap, Reference } from "./deployment";
import {
  Secret,
  Unknown,
  type Properties,
  type StackResource,
  type StackSnapshot,
  type Value,
} from "./snapshot";

/** Where a reference is written, if not in a resource's property of that name. */
export interface Within {
  /** @default the resource's own properties */
  readonly from?: Properties;
  /** The input whose dependencies tell while the id is not known. @default the name itself */
  readonly property?: string;
}

export class Stack {
  readonly gaps: Gap[] = [];
  /** What the reader at work reads for. */
  private about: readonly Concern[] = CONCERNS;
  readonly resources: readonly StackResource[];
  private readonly types = new Map<string, StackResource[]>();
  private readonly urns = new Map<string, StackResource>();
  /** By type, and id, ARN or name. */
  private readonly keys = new Map<string, StackResource>();

  constructor(snapshot: StackSnapshot) {
    this.resources = [...snapshot.resources].sort((a, b) => (a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0));
    for (const resource of this.resources) {
      const { type, urn, id } = resource;
      if (this.urns.has(urn)) this.gap(resource, "stands twice in the state: which one holds is not known");
      this.urns.set(urn, resource);
      const alike = this.types.get(type);
      if (alike === undefined) this.types.set(type, [resource]);
      else alike.push(resource);
      const { arn, name } = resource.outputs;
      for (const key of [id, arn, name])
        if (typeof key === "string") this.keys.set(`${type} ${key}`, resource);
    }
  }

  of(...types: readonly string[]): StackResource[] {
    return types.flatMap((type) => this.types.get(type) ?? []);
  }

  /** What reads for some claims: whatever it cannot tell bears on these alone. */
  readFor<T>(about: readonly Concern[], read: () => T): T {
    const before = this.about;
    this.about = about;
    try {
      return read();
    } finally {
      this.about = before;
    }
  }

  gap({ urn }: Pick<StackResource, "urn">, reason: string, awaits?: string): void {
    this.gaps.push({ urn, reason, about: this.about, ...(awaits !== undefined && { awaits }) });
  }

  private untold(resource: StackResource, name: string, value: Value): void {
    this.gap(resource, `${name} ${why(value)}`, value instanceof Unknown ? name : undefined);
  }

  /** A text; undefined where it is empty or absent, and, with a gap, where it cannot be told. */
  text(resource: StackResource, name: string, from: Properties = propertiesOf(resource)): string | undefined {
    const value = from[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    this.untold(resource, name, value);
    return undefined;
  }

  number(
    resource: StackResource,
    name: string,
    from: Properties = propertiesOf(resource),
  ): number | undefined {
    const value = from[name];
    if (typeof value === "number") return value;
    const text = this.text(resource, name, from);
    const number = text === undefined ? undefined : Number(text);
    if (number === undefined || Number.isFinite(number)) return number;
    this.gap(resource, `${name} is not a number`);
    return undefined;
  }

  /** @param otherwise what holds where it is absent or cannot be told; the latter leaves a gap too */
  flag(
    resource: StackResource,
    name: string,
    from: Properties = propertiesOf(resource),
    otherwise = false,
  ): boolean {
    const value = from[name];
    if (typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    if (value !== undefined && value !== null) this.untold(resource, name, value);
    return otherwise;
  }

  list(resource: StackResource, name: string, from: Properties = propertiesOf(resource)): readonly Value[] {
    const value = from[name];
    if (value === undefined || value === null) return [];
    if (isList(value)) return value;
    this.untold(resource, name, value);
    return [];
  }

  texts(resource: StackResource, name: string, from: Properties = propertiesOf(resource)): string[] {
    return this.list(resource, name, from).flatMap(
      (item) => this.text(resource, name, { [name]: item }) ?? [],
    );
  }

  objects(resource: StackResource, name: string, from: Properties = propertiesOf(resource)): Properties[] {
    return this.list(resource, name, from).flatMap((item) => {
      if (isProperties(item)) return [item];
      this.untold(resource, name, item);
      return [];
    });
  }

  object(resource: StackResource, name: string, from: Properties = propertiesOf(resource)): Properties {
    const value = from[name];
    if (value === undefined || value === null) return {};
    if (isProperties(value)) return value;
    this.untold(resource, name, value);
    return {};
  }

  /** The resource of one of these types that has this id, ARN or name. */
  find(key: string, types: readonly string[]): StackResource | undefined {
    for (const type of types) {
      const found = this.keys.get(`${type} ${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  reference(
    resource: StackResource,
    name: string,
    types: readonly string[],
    { from = propertiesOf(resource), property = name }: Within = {},
  ): Reference | undefined {
    const value = from[name];
    if (value instanceof Unknown) {
      const [only, ...others] = this.sources(resource, property, types);
      if (only !== undefined && others.length === 0) return only;
    }
    const key = this.text(resource, name, from);
    return key === undefined ? undefined : (this.find(key, types)?.urn ?? key);
  }

  references(
    resource: StackResource,
    name: string,
    types: readonly string[],
    { from = propertiesOf(resource), property = name }: Within = {},
  ): Reference[] {
    const items = this.list(resource, name, from);
    const known = items.flatMap((item) =>
      typeof item === "string" ? [this.find(item, types)?.urn ?? item] : [],
    );
    if (known.length === items.length) return [...new Set(known)].sort();
    const others = this.sources(resource, property, types).filter((urn) => !known.includes(urn));
    if (known.length + others.length !== items.length) {
      this.gap(resource, `${name} holds something that is not known`, name);
    }
    return [...new Set([...known, ...others])].sort();
  }

  /**
   * Everything that a property may refer to, for those who would rather see too much than too little: every resource or text
   * that it holds and, while any of it is not known, what it was computed from. Where that is a component's output, all that
   * the component holds is meant. A gap where nothing says what it will be.
   */
  candidates(resource: StackResource, name: string, types: readonly string[]): Reference[] {
    const value = propertiesOf(resource)[name];
    const { texts, isKnown } = partsOf(value);
    const said = texts.map((text) => this.find(text, types)?.urn ?? text);
    if (said.length > 0 && isKnown) return [...new Set(said)].sort();
    const direct = this.sources(resource, name, types);
    const sources =
      direct.length > 0 ? direct : this.within(resource.propertyDependencies[name] ?? [], types);
    if (sources.length === 0 && !isKnown) this.gap(resource, `${name} is not known yet`, name);
    return [...new Set([...said, ...sources])].sort();
  }

  /** The resources of these types that some components hold. */
  private within(components: readonly string[], types: readonly string[]): string[] {
    const isInside = ({ parent }: StackResource): boolean => {
      const above = parent === undefined ? undefined : this.urns.get(parent);
      return above !== undefined && (components.includes(above.urn) || isInside(above));
    };
    return this.of(...types)
      .filter(isInside)
      .map(({ urn }) => urn);
  }

  /** @param name what an error calls the policy. @returns undefined, with a gap, where it cannot be read */
  policy(resource: StackResource, value: Value | undefined, name: string): Policy | undefined {
    if (value === undefined || value instanceof Unknown || value instanceof Secret) {
      this.gap(resource, `policy "${name}" ${value === undefined ? "is missing" : why(value)}`);
      return undefined;
    }
    try {
      return parsePolicy(value, name);
    } catch (error) {
      if (!(error instanceof UnsupportedPolicyError)) throw error;
      this.gap(resource, error.message);
      return undefined;
    }
  }

  private sources(resource: StackResource, property: string, types: readonly string[]): string[] {
    const urns = resource.propertyDependencies[property] ?? [];
    return urns.filter((urn) => types.includes(this.urns.get(urn)?.type ?? ""));
  }
}

/** What stands: the outputs, and the inputs that they do not repeat. */
export function propertiesOf({ inputs, outputs }: StackResource): Properties {
  return { ...inputs, ...outputs };
}

/** A text that is known already. */
export function known(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether a component of this type, or of one that holds it, made the resource. */
export function isWithin({ urn }: Pick<StackResource, "urn">, component: string): boolean {
  return typesOfUrn(urn).slice(0, -1).includes(component);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Every text in a value, and whether that is all of it. */
function partsOf(value: Value | undefined): { readonly texts: readonly string[]; readonly isKnown: boolean } {
  if (value instanceof Unknown) return { texts: [], isKnown: false };
  if (typeof value === "string") return { texts: value === "" ? [] : [value], isKnown: true };
  if (typeof value !== "object" || value === null || value instanceof Secret)
    return { texts: [], isKnown: true };
  const parts = Object.values<Value>(value).map(partsOf);
  return { texts: parts.flatMap(({ texts }) => texts), isKnown: parts.every(({ isKnown }) => isKnown) };
}

export function isProperties(value: Value | undefined): value is Properties {
  if (typeof value !== "object" || value === null || value instanceof Secret || value instanceof Unknown)
    return false;
  return !isList(value);
}

function why(value: Value): string {
  if (value instanceof Unknown) return "is not known yet";
  return value instanceof Secret ? "is a secret, which stays closed" : "has a form that is not understood";
}
