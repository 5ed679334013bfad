import { expect } from "chai";
import { timezoneProblem } from "../../components/timeZones";

describe("a time zone", () => {
  it("is any name of IANA's, old and new", () => {
    const names = [
      "Asia/Tokyo",
      "UTC",
      "Etc/UTC",
      "Etc/GMT+9",
      "Asia/Calcutta",
      "Asia/Kolkata",
      "Europe/Kyiv",
      "Europe/Kiev",
    ];
    const others = [
      "America/Argentina/Buenos_Aires",
      "America/Nuuk",
      "Japan",
      "US/Pacific",
      "GMT",
      "America/Port-au-Prince",
    ];
    for (const zone of [...names, ...others]) expect(timezoneProblem(zone), zone).to.equal(undefined);
  });

  it("is any name that Node.js lists", () => {
    for (const zone of Intl.supportedValuesOf("timeZone"))
      expect(timezoneProblem(zone), zone).to.equal(undefined);
  });

  for (const [zone, meant] of [
    ["JST", "Asia/Tokyo"],
    ["IST", "Asia/Kolkata"],
    ["PST", "America/Los_Angeles"],
    ["CST", "America/Chicago"],
    ["asia/tokyo", "Asia/Tokyo"],
    ["Asia/TOKYO", "Asia/Tokyo"],
    ["Asia/Kolkatta", "Asia/Kolkata"],
    ["Asia/calcutta", "Asia/Calcutta"],
    ["Tokyo", "Asia/Tokyo"],
    ["America/New York", "America/New_York"],
    ["utc", "UTC"],
  ] as const)
    it(`is not ${zone}; ${meant} is meant`, () => {
      expect(timezoneProblem(zone)).to.equal(`is not an IANA time zone; did you mean "${meant}"?`);
    });

  it("is not an offset and no nonsense", () => {
    for (const zone of ["+09:00", "UTC+9", "", "Mars/Olympus_Mons", "Factory"])
      expect(timezoneProblem(zone), zone).to.match(/^is not an IANA time zone/);
  });
});
