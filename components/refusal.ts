/** Errors whose message is for people: Pulumi prints them without a stack trace. */
import * as pulumi from "@pulumi/pulumi";

/**
 * Without its stack, which nobody is shown. Pulumi's SDK still inspects every error for a trace, and there Node.js spends
 * half a minute on a frame inside a scoped package (https://github.com/nodejs/node/issues/64011).
 */
function withoutStack<E extends Error>(error: E): E {
  error.stack = error.message;
  return error;
}

/** What is wrong with the configuration or with another stack. */
export function programRefusal(message: string): pulumi.RunError {
  return withoutStack(new pulumi.RunError(message));
}

/** What is wrong with the arguments of a component. */
export function componentRefusal(message: string, component: pulumi.ComponentResource): pulumi.ResourceError {
  return withoutStack(new pulumi.ResourceError(message, component, true));
}
