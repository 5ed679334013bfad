/** IANA's time zones by name, as EventBridge Scheduler takes them: exactly as they are written. */
import { distance } from "fastest-levenshtein";

/**
 * The names that Node.js may leave out of its list, which has one name for each zone: the links of IANA's database, and
 * the zones that CLDR calls by an older name (tzdata 2025b, https://www.iana.org/time-zones).
 */
const links = new Set(
  `
  Africa/Asmara Africa/Asmera Africa/Timbuktu America/Argentina/Buenos_Aires America/Argentina/Catamarca
  America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/Mendoza
  America/Atikokan America/Atka America/Buenos_Aires America/Catamarca America/Coral_Harbour America/Cordoba
  America/Ensenada America/Fort_Wayne America/Godthab America/Indiana/Indianapolis America/Indianapolis
  America/Jujuy America/Kentucky/Louisville America/Knox_IN America/Kralendijk America/Louisville
  America/Lower_Princes America/Marigot America/Mendoza America/Montreal America/Nipigon America/Nuuk
  America/Pangnirtung America/Porto_Acre America/Rainy_River America/Rosario America/Santa_Isabel America/Shiprock
  America/St_Barthelemy America/Thunder_Bay America/Virgin America/Yellowknife Antarctica/South_Pole
  Arctic/Longyearbyen Asia/Ashkhabad Asia/Calcutta Asia/Choibalsan Asia/Chongqing Asia/Chungking Asia/Dacca
  Asia/Harbin Asia/Ho_Chi_Minh Asia/Istanbul Asia/Kashgar Asia/Kathmandu Asia/Katmandu Asia/Kolkata Asia/Macao
  Asia/Rangoon Asia/Saigon Asia/Tel_Aviv Asia/Thimbu Asia/Ujung_Pandang Asia/Ulan_Bator Asia/Yangon
  Atlantic/Faeroe Atlantic/Faroe Atlantic/Jan_Mayen Australia/ACT Australia/Canberra Australia/Currie
  Australia/LHI Australia/NSW Australia/North Australia/Queensland Australia/South Australia/Tasmania
  Australia/Victoria Australia/West Australia/Yancowinna Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West CET
  CST6CDT Canada/Atlantic Canada/Central Canada/Eastern Canada/Mountain Canada/Newfoundland Canada/Pacific
  Canada/Saskatchewan Canada/Yukon Chile/Continental Chile/EasterIsland Cuba EET EST EST5EDT Egypt Eire Etc/GMT
  Etc/GMT+0 Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7
  Etc/GMT+8 Etc/GMT+9 Etc/GMT-0 Etc/GMT-1 Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2
  Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC
  Etc/Universal Etc/Zulu Europe/Belfast Europe/Bratislava Europe/Busingen Europe/Kiev Europe/Kyiv Europe/Mariehamn
  Europe/Nicosia Europe/Podgorica Europe/San_Marino Europe/Tiraspol Europe/Uzhgorod Europe/Vatican
  Europe/Zaporozhye GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel Jamaica Japan
  Kwajalein Libya MET MST MST7MDT Mexico/BajaNorte Mexico/BajaSur Mexico/General NZ NZ-CHAT Navajo PRC PST8PDT
  Pacific/Chuuk Pacific/Enderbury Pacific/Johnston Pacific/Kanton Pacific/Pohnpei Pacific/Ponape Pacific/Samoa
  Pacific/Truk Pacific/Yap Poland Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian US/Arizona
  US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa
  UTC Universal W-SU WET Zulu
`
    .trim()
    .split(/\s+/),
);

/** What people write for a time zone and IANA has no such name of: abbreviations, several zones share most of them. */
const abbreviations: Readonly<Record<string, string>> = {
  JST: "Asia/Tokyo",
  KST: "Asia/Seoul",
  IST: "Asia/Kolkata",
  SGT: "Asia/Singapore",
  HKT: "Asia/Hong_Kong",
  PST: "America/Los_Angeles",
  PDT: "America/Los_Angeles",
  MDT: "America/Denver",
  CST: "America/Chicago",
  CDT: "America/Chicago",
  EDT: "America/New_York",
  BRT: "America/Sao_Paulo",
  AKST: "America/Anchorage",
  BST: "Europe/London",
  WEST: "Europe/Lisbon",
  CEST: "Europe/Paris",
  EEST: "Europe/Athens",
  MSK: "Europe/Moscow",
  AEST: "Australia/Sydney",
  AEDT: "Australia/Sydney",
  ACST: "Australia/Adelaide",
  AWST: "Australia/Perth",
  NZST: "Pacific/Auckland",
  NZDT: "Pacific/Auckland",
  SAST: "Africa/Johannesburg",
  Z: "UTC",
};

/** What keeps a text from being the name of a time zone, with the name that is probably meant. */
export function timezoneProblem(zone: string): string | undefined {
  const names = Intl.supportedValuesOf("timeZone");
  if (names.includes(zone) || links.has(zone)) return undefined;
  const meant = abbreviations[zone.toUpperCase()] ?? nearest(zone, [...names, ...links]);
  return `is not an IANA time zone${meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`}`;
}

function nearest(zone: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[\s-]+/g, "_");
  const wanted = plain(zone);
  const far = (name: string) =>
    Math.min(...[plain(name), cityOf(plain(name))].map((one) => distance(wanted, one)));
  const [first] = [...names].sort((a, b) => far(a) - far(b) || a.length - b.length || (a < b ? -1 : 1));
  return first !== undefined && far(first) <= Math.min(3, wanted.length / 3) ? first : undefined;
}

/** "tokyo" of "asia/tokyo": many give the city alone. */
function cityOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
