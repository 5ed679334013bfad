/** Which repositories a statement may name. */
import type { Statement } from "../../isolation/iam/policy";
import { nameOf } from "./gateDocuments";
import type { Finding } from "./gateRule";

/**
 * What is wrong with the resources of an Allow: anything but whole repository ARNs, and `<prefix>-*` where a prefix is set.
 */
export function repositoryFindings(statement: Statement, repositoryPrefix: string): Finding[] {
  const { inverted, patterns } = statement.resources;
  const wide = patterns.filter((pattern) => {
    const [, name = ""] = /^arn:aws[a-z-]*:codecommit:[a-z0-9-]+:\d{12}:(.+)$/.exec(pattern) ?? [];
    return !/^[\w.-]+$/.test(name) && (repositoryPrefix === "" || name !== `${repositoryPrefix}-*`);
  });
  if (!inverted && wide.length === 0) return [];
  return [
    {
      found: `gives access to ${inverted ? `everything but ${patterns.join(", ")}` : wide.join(", ")} in ${nameOf(statement)}`,
      fix: "Name the repositories by their whole ARNs.",
    },
  ];
}
