/** Names of load balancers and target groups. */
import { AwsError } from "../service";

/** The longest name there may be. */
export const elbNameLength = 32;

/** Refuses a name that Elastic Load Balancing does not take for load balancers and target groups, with ValidationError. */
export function requireElbName(name: string, noun: string): void {
  if (name.length > elbNameLength) {
    throw new AwsError(
      "ValidationError",
      `${noun} name '${name}' cannot be longer than '${elbNameLength}' characters`,
    );
  }
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw new AwsError(
      "ValidationError",
      `${noun} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  }
  if (name.startsWith("-") || name.endsWith("-")) {
    throw new AwsError("ValidationError", `${noun} name '${name}' cannot begin or end with '-'`);
  }
}
