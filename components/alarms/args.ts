/** The arguments of what raises alarms. */
import type { z } from "zod";
import { boolean, distinctTexts, object, text } from "../schema/fields";
import { emailProblem } from "../syntax";

const example = "operators@example.com";

/** For a schema of its own or as a part of a larger one. */
export const alarmFields = {
  /** Whether anything is watched at all. @default true */
  enabled: boolean(true).default(true),
  /** E-mail addresses that are told, once each has confirmed to AWS that it wants to be. @default [] */
  emails: distinctTexts(text(example, emailProblem), [example], 0).default([]),
};

/** What such arguments may look like. */
export const alarmExample = { emails: [example] };

/** The schema of the arguments. */
export const alarmArgs = object(alarmFields, alarmExample);

/** With its defaults. */
export type AlarmArgs = z.output<typeof alarmArgs>;
