/** The config key `alarms`, which each side has. */
import { emailProblem } from "../syntax";
import { boolean, distinctTexts, text } from "../schema/fields";

const example = "operators@example.com";

/** An alarm's keys, for `object`. */
export const alarmFields = {
  enabled: boolean(true).default(true),
  emails: distinctTexts(text(example, emailProblem), [example], 0).default([]),
};

/** What `alarms` may look like. */
export const alarmExample = { emails: [example] };
