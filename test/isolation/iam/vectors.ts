/**
 * How AWS's documentation says that policies are decided: each vector is a rule, the page that states it, policies, and
 * requests with what becomes of them. The pages' examples are mostly of other services; here the mechanism is kept, and
 * CodeCommit's actions and repositories stand in place of theirs. Where pages are silent, or contradict one another,
 * there is no vector.
 */
import { ENDPOINT_POLICIES } from "./vectors/endpoints";
import { CODECOMMIT_KEYS, NETWORK, PRINCIPALS } from "./vectors/keys";
import { PERMISSIONS_BOUNDARIES, SERVICE_CONTROL } from "./vectors/limits";
import { AMOUNTS, IF_EXISTS, OTHER_TYPES, STRINGS } from "./vectors/operators";
import { SETS_OF_VALUES, SEVERAL_KEYS } from "./vectors/several";
import { STATEMENTS } from "./vectors/statements";
import { VARIABLES_IN_POLICIES } from "./vectors/variables";
import type { Vector } from "./vectors/vector";

export const VECTORS: readonly Vector[] = [
  ...STATEMENTS,
  ...STRINGS,
  ...AMOUNTS,
  ...OTHER_TYPES,
  ...IF_EXISTS,
  ...SEVERAL_KEYS,
  ...SETS_OF_VALUES,
  ...VARIABLES_IN_POLICIES,
  ...NETWORK,
  ...PRINCIPALS,
  ...CODECOMMIT_KEYS,
  ...PERMISSIONS_BOUNDARIES,
  ...SERVICE_CONTROL,
  ...ENDPOINT_POLICIES,
];
