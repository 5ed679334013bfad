/** The machine images that a stack's configuration names by id, which no stand-in account could know of. */
import { ConfigError } from "../components/config/problems";
import { readConfig } from "../components/config/readConfig";
import { officialImage } from "../components/networkedGitlab/officialImage";
import type { OwnImage } from "./accounts/images";

/**
 * What to give to the stand-in account of a stack. The image is taken to fit the processors of the configured instance
 * type, which nothing here can look up. Empty when the configuration is wrong: the program says why.
 */
export function configuredImages(entries: Readonly<Record<string, string>>, project: string): OwnImage[] {
  try {
    const config = readConfig(entries, project);
    if (config.role !== "source" || !("version" in config.source.gitlab)) return [];
    const { amiId, version, instanceType } = config.source.gitlab;
    const { architecture } = officialImage(version, instanceType);
    return amiId === undefined ? [] : [{ id: amiId, architecture }];
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}
