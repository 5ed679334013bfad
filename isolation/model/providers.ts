/** Which resources of a stack may be in another account than the stack's. */
import type { StackResource, Value } from "./snapshot";
import { propertiesOf } from "./stack";

const AWS_PROVIDER = "pulumi:providers:aws";

/** Properties of the AWS provider that do not choose the account. */
const OF_EVERY_ACCOUNT = new Set([
  "__internal",
  "defaultTags",
  "ignoreTags",
  "maxRetries",
  "pluginDownloadURL",
  "region",
  "retryMode",
  "skipMetadataApiCheck",
  "skipRegionValidation",
  "useDualstackEndpoint",
  "useFipsEndpoint",
  "version",
]);

/**
 * Why a resource may be in another account: a provider makes it that is not set up like the stack's own, the default one.
 * @returns undefined for resources of the stack's own provider, and where the state does not say which it is
 * @see https://www.pulumi.com/docs/iac/concepts/resources/providers/
 */
export function providerGaps(
  resources: readonly StackResource[],
): (resource: StackResource) => string | undefined {
  const providers = new Map(
    resources.filter(({ type }) => type.startsWith("pulumi:providers:")).map((one) => [one.urn, one]),
  );
  const own = [...providers.values()].find(({ type, name }) => type === AWS_PROVIDER && isDefault(name));
  const account = own && accountChoice(own);
  return ({ type, provider }) => {
    if (!type.startsWith("aws:") || provider === undefined) return undefined;
    const named = providers.get(provider);
    if (named !== undefined && isDefault(named.name)) return undefined;
    if (named !== undefined && account !== undefined && accountChoice(named) === account) return undefined;
    return `is made by the provider ${provider}, which may act in another account`;
  };
}

/** Pulumi names the providers that nobody declared "default", with their version. */
function isDefault(name: string): boolean {
  return /^default(_\d+_\d+_\d+)?$/.test(name);
}

/** What chooses the account, as one text. */
function accountChoice(provider: StackResource): string {
  const chosen = Object.entries(propertiesOf(provider))
    .filter(([name, value]) => !OF_EVERY_ACCOUNT.has(name) && !isUnset(value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(chosen);
}

function isUnset(value: Value): boolean {
  return value === null || value === "" || value === false;
}
