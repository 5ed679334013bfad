/** The Deny that keeps pushes to some references. */
import { actionMatches } from "../../isolation/iam/match";
import type { Condition } from "../../isolation/iam/conditionBlock";
import type { Statement } from "../../isolation/iam/policy";

const KEY = "codecommit:References";

/**
 * The references that a Deny keeps pushes to; undefined for any other statement. It has the form of AWS's own example
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html): it denies pushes everywhere,
 * of references unlike the given ones, and spares requests that name none, as each push's first one.
 */
export function boundTo({
  effect,
  actions,
  resources,
  conditions,
}: Statement): readonly string[] | undefined {
  if (effect !== "Deny" || actions.inverted || resources.inverted) return undefined;
  if (!resources.patterns.includes("*")) return undefined;
  if (!actions.patterns.some((pattern) => actionMatches(pattern, "codecommit:GitPush"))) return undefined;
  const [unlike, ...more] = conditions.filter((condition) => !isNamed(condition));
  if (unlike === undefined || more.length > 0) return undefined;
  const { comparison, negated, key, values } = unlike;
  return negated && key === KEY && ["like", "equals"].includes(comparison) ? values : undefined;
}

/** Whether the statement is such a Deny. */
export function isReferenceBound(statement: Statement): boolean {
  return boundTo(statement) !== undefined;
}

function isNamed({ comparison, key, values }: Condition): boolean {
  return comparison === "absent" && key === KEY && values.includes("false");
}
