/** The availability zones of an account's region. */
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { perAccount } from "../perAccount";

/** A zone by its name, e.g. "ap-northeast-1a", and its id, e.g. "apne1-az1". */
export interface Zone {
  name: string;
  id: string;
}

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

/** The availability zones of one account. */
export class AvailabilityZones {
  static readonly of = perAccount((aws) => new AvailabilityZones(aws));

  /**
   * Three zones: a, c and d in ap-northeast-1, whose b newer accounts are not given; else a, b and c. And those that are
   * named, which somebody's own account has.
   */
  readonly zones: readonly Zone[];

  private constructor(private readonly aws: AccountContext) {
    const { region, options } = aws;
    const [area = "", direction = "", number = ""] = region.split("-");
    const letters = region === "ap-northeast-1" ? ["a", "c", "d"] : ["a", "b", "c"];
    const usual = letters.map((letter) => region + letter);
    this.zones = [...new Set(usual.concat(options.availabilityZones ?? []))].map((name, i) => ({
      name,
      id: `${area}${directions[direction] ?? direction}${number}-az${i + 1}`,
    }));
  }

  /** The zone of this name; refused with InvalidParameterValue where the region has none. */
  get(name: string): Zone {
    const zone = this.zones.find((z) => z.name === name);
    if (zone) return zone;
    const names = this.zones.map((z) => z.name).join(", ");
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${name}) for parameter availabilityZone is invalid. ${this.aws.region} has the zones ${names}`,
    );
  }
}
