/** The arguments of what raises alarms. */

export interface AlarmArgs {
  /** Whether anything is watched at all. @default true */
  enabled: boolean;
  /** E-mail addresses that are told, once each has confirmed to AWS that it wants to be. @default [] */
  emails: string[];
}
