/** Which account and Region a stack is in. */
import { NAMING_ANOTHER } from "./carriers";
import type { StackSnapshot } from "./snapshot";

/** Each undefined while nothing says it, and where what says it disagrees. */
export interface Place {
  /** Twelve digits. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
}

/** Resources of these services are in their stack's own account; the ARNs of others may be those of what they name. */
const OWN = /^aws:(iam|ec2|codecommit)\//;

/** By the ARNs of its resources, and by the stack's outputs, which say it before any resource exists. */
export function placeOf({ resources, outputs }: StackSnapshot): Place {
  const withArns = resources.flatMap(({ type, outputs: { arn } }) =>
    type.startsWith("aws:") && !NAMING_ANOTHER.includes(type) && typeof arn === "string"
      ? [{ isOwn: OWN.test(type), parts: arn.split(":") }]
      : [],
  );
  const agreed = (output: string, part: number, pattern: RegExp) => {
    const written = withArns.filter(({ parts }) => pattern.test(parts[part] ?? ""));
    const own = written.filter(({ isOwn }) => isOwn);
    const said = outputs[output];
    const [only, ...others] = new Set([
      ...(own.length > 0 ? own : written).flatMap(({ parts }) => parts[part] ?? []),
      ...(typeof said === "string" && pattern.test(said) ? [said] : []),
    ]);
    return others.length === 0 ? only : undefined;
  };
  return {
    accountId: agreed("accountId", 4, /^\d{12}$/),
    region: agreed("region", 3, /^[a-z]+(-[a-z]+)+-\d+$/),
  };
}
