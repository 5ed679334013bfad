/** Where a component is made, as its arguments say it: the region, the account, and what AWS calls things there. */
import { availabilityZoneProblem, regionProblem } from "../regions";
import { ec2Id } from "../syntax";
import { pattern, text } from "./fields";

/** An AWS region. */
export function region() {
  return text("ap-northeast-1", regionProblem);
}

/** The region among arguments that are not checked yet; undefined where it is none. What else is said of regions follows from it. */
export function soundRegion({ region: given }: { region?: unknown }): string | undefined {
  return typeof given === "string" && regionProblem(given) === undefined ? given : undefined;
}

/** An AWS account. */
export function accountId() {
  return pattern("123456789012", "an account id of twelve digits", /^[0-9]{12}$/);
}

/** The id of something in EC2: `kind` is its prefix, `name` what it is, with its article. */
export function ec2IdOf(kind: string, name: string) {
  return pattern(`${kind}-0123456789abcdef0`, `the id of ${name}`, ec2Id(kind));
}

/** A zone of the region, by name. */
export function zone(inRegion: string | undefined) {
  return text(`${inRegion ?? "ap-northeast-1"}a`, (value) => availabilityZoneProblem(value, inRegion));
}
