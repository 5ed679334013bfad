/** Which requests change something in CodeCommit. */
import type { Region } from "../access/region";
import { CODECOMMIT_ACTIONS } from "../iam/actions";

/** Actions that change nothing. Every other one counts as writing, those that nobody knows yet included. */
const READING = CODECOMMIT_ACTIONS.filter(({ access }) => access === "Read" || access === "List")
  .map(({ name }) => name)
  .sort();

/** How AWS names actions that change nothing; the known ones keep to it, and those to come are taken to. */
export const READING_NAMES = ["BatchGet*", "Describe*", "Get*", "List*"].map((name) => `codecommit:${name}`);

/** The part of a region that writes. Its space must be cut by READING_NAMES. */
export function writing(region: Region): Region {
  return region.outside("action", { values: READING }).outside("action", { patterns: READING_NAMES });
}
