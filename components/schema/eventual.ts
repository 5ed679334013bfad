/** Values that exist only once something is deployed, recognized without loading Pulumi. */

/** Whether a value is an Output of Pulumi's. What is decoded from JSON never is: it holds no functions. */
export function isOutput(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "__pulumiOutput" in value &&
    "apply" in value &&
    typeof value.apply === "function"
  );
}

/** Whether a value is one that Pulumi waits for. */
export function isEventual(value: unknown): boolean {
  return value instanceof Promise || isOutput(value);
}
