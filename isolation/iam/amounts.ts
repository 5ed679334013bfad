/** Numbers and moments, as conditions compare them. */

/**
 * A decimal number of up to 15 digits before the point and 6 behind it; undefined for any other text. IAM's numbers are
 * integers and decimals (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric).
 */
export function parseNumber(text: string): number | undefined {
  return /^-?[0-9]{1,15}(\.[0-9]{1,6})?$/.test(text) ? Number(text) : undefined;
}

const ISO =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$/;

/**
 * A moment in milliseconds since 1970, from a date or time of ISO 8601 with its zone, or from seconds since 1970 in nine
 * digits or more (with fewer it could be a year); undefined for any other text
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date).
 */
export function parseMoment(text: string): number | undefined {
  if (/^[0-9]{9,12}$/.test(text)) return Number(text) * 1000;
  const moment = ISO.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(moment) ? undefined : moment;
}
