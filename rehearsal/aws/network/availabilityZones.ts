/** The availability zones of an account's region. */
import { z } from "zod";
import { filtersSchema, lookup, passes } from "../lookups";
import { AwsError, type AccountContext, type Service } from "../service";

/** A zone by its name, e.g. "ap-northeast-1a", and its id, e.g. "apne1-az1". */
export interface Zone {
  name: string;
  id: string;
}

const getAvailabilityZonesSchema = z.looseObject({
  state: z.enum(["available", "information", "impaired", "unavailable"]).optional(),
  excludeNames: z.array(z.string()).default([]),
  excludeZoneIds: z.array(z.string()).default([]),
  filters: filtersSchema,
});

const directions: Record<string, string> = {
  north: "n",
  northeast: "ne",
  east: "e",
  southeast: "se",
  south: "s",
  southwest: "sw",
  west: "w",
  northwest: "nw",
  central: "c",
};

export class AvailabilityZones implements Service {
  /**
   * Three zones: a, c and d in ap-northeast-1, whose b newer accounts are not given; else a, b and c. And those that are
   * named, which somebody's own account has.
   */
  readonly zones: readonly Zone[];

  constructor(
    private readonly context: AccountContext,
    named: readonly string[] = [],
  ) {
    const [area = "", direction = "", number = ""] = context.region.split("-");
    const letters = context.region === "ap-northeast-1" ? ["a", "c", "d"] : ["a", "b", "c"];
    const names = [...new Set([...letters.map((letter) => context.region + letter), ...named])];
    this.zones = names.map((name, i) => ({
      name,
      id: `${area}${directions[direction] ?? direction}${number}-az${i + 1}`,
    }));
  }

  readonly kinds = {};

  readonly functions = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": lookup(
      "aws:index/getAvailabilityZones:getAvailabilityZones",
      getAvailabilityZonesSchema,
      (inputs) => {
        const zones = this.zones.filter(
          (zone) =>
            (inputs.state === undefined || inputs.state === "available") &&
            !inputs.excludeNames.includes(zone.name) &&
            !inputs.excludeZoneIds.includes(zone.id) &&
            passes(
              {
                "zone-name": zone.name,
                "zone-id": zone.id,
                "zone-type": "availability-zone",
                "region-name": this.context.region,
                "opt-in-status": "opt-in-not-required",
                state: "available",
              },
              inputs.filters,
            ),
        );
        return {
          ...inputs,
          id: this.context.region,
          region: this.context.region,
          groupNames: [`${this.context.region}-zg-1`],
          names: zones.map((zone) => zone.name),
          zoneIds: zones.map((zone) => zone.id),
        };
      },
    ),
  };

  /** The zone of this name; refused with InvalidParameterValue where the region has none. */
  get(name: string): Zone {
    const zone = this.zones.find((z) => z.name === name);
    if (!zone) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${name}) for parameter availabilityZone is invalid. ${this.context.region} has the zones ${this.zones.map((z) => z.name).join(", ")}`,
      );
    }
    return zone;
  }
}
