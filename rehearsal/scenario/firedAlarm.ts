/** An alarm that fired: a tripwire of the target, or one of the source's. */
export interface FiredAlarm {
  /** Its name: a tripwire's without what rules add to it. */
  alarm: string;
  /** The message that people get. */
  message: string;
}

/** The distinct names of alarms, sorted. */
export function alarmNames(fired: readonly FiredAlarm[]): string[] {
  return [...new Set(fired.map(({ alarm }) => alarm))].sort();
}
