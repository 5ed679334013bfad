/** The random provider: passwords and ids that follow from the account's seed. */
import { z } from "zod";
import { derivedBytes, derivedText } from "../derived";
import { AwsError, kind, type AccountContext, type Created, type Creation, type Service } from "../service";

const alphabets = {
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

const minimum = z.number().int().min(0).default(0);

const passwordSchema = z.looseObject({
  length: z.number().int().min(1),
  upper: z.boolean().default(true),
  lower: z.boolean().default(true),
  number: z.boolean().optional(),
  numeric: z.boolean().optional(),
  special: z.boolean().default(true),
  overrideSpecial: z.string().optional(),
  minUpper: minimum,
  minLower: minimum,
  minNumeric: minimum,
  minSpecial: minimum,
  keepers: z.record(z.string(), z.string()).optional(),
});

const idSchema = z.looseObject({
  byteLength: z.number().int().min(1),
  prefix: z.string().optional(),
  keepers: z.record(z.string(), z.string()).optional(),
});

export class RandomProvider implements Service {
  constructor(private readonly context: AccountContext) {}

  readonly kinds = {
    "random:index/randomPassword:RandomPassword": kind(passwordSchema, (inputs, creation) =>
      this.#password(inputs, creation),
    ),
    "random:index/randomId:RandomId": kind(idSchema, (inputs, creation) => {
      const bytes = derivedBytes(this.context, inputs.byteLength, ...parts(inputs, creation));
      const prefix = inputs.prefix ?? "";
      const hex = bytes.toString("hex");
      return {
        id: bytes.toString("base64url"),
        outputs: {
          ...inputs,
          b64Std: prefix + bytes.toString("base64"),
          b64Url: prefix + bytes.toString("base64url"),
          dec: prefix + BigInt(`0x${hex}`).toString(),
          hex: prefix + hex,
        },
      };
    }),
  };

  /** As the provider does: first the least number of each sort, the rest from all sorts, then shuffled. No bcryptHash. */
  #password(inputs: z.infer<typeof passwordSchema>, creation: Creation): Created {
    const numeric = inputs.numeric ?? inputs.number ?? true;
    const special = inputs.overrideSpecial ?? alphabets.special;
    const { minUpper, minLower, minNumeric, minSpecial } = inputs;
    const least = minUpper + minLower + minNumeric + minSpecial;
    if (inputs.length < least) {
      throw new AwsError(
        "InvalidAttributeValue",
        `the length of "${creation.name}" is ${inputs.length}, less than minUpper + minLower + minNumeric + minSpecial = ${least}`,
      );
    }
    const all =
      (inputs.upper ? alphabets.upper : "") +
      (inputs.lower ? alphabets.lower : "") +
      (numeric ? alphabets.numeric : "") +
      (inputs.special ? special : "");
    if (all === "") {
      throw new AwsError("InvalidAttributeValue", `"${creation.name}" allows no sort of character at all`);
    }
    const from = parts(inputs, creation);
    const draw = (sort: string, alphabet: string, count: number): string =>
      derivedText(this.context, alphabet, count, ...from, sort);
    const drawn = [
      draw("upper", alphabets.upper, minUpper),
      draw("lower", alphabets.lower, minLower),
      draw("numeric", alphabets.numeric, minNumeric),
      draw("special", special, minSpecial),
      draw("all", all, inputs.length - least),
    ].join("");
    return {
      id: "none",
      outputs: { ...inputs, number: numeric, numeric, result: this.#shuffle(drawn, from) },
    };
  }

  #shuffle(text: string, from: string[]): string {
    const order = derivedBytes(this.context, 4 * text.length, "order", ...from);
    return Array.from({ length: text.length }, (_, i) => i)
      .sort((a, b) => order.readUInt32BE(4 * a) - order.readUInt32BE(4 * b))
      .map((i) => text.charAt(i))
      .join("");
  }
}

/** What the value follows from: other keepers, another value. */
function parts(inputs: { keepers?: Record<string, string> | undefined }, creation: Creation): string[] {
  const keepers = Object.entries(inputs.keepers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [creation.type, creation.name, JSON.stringify(keepers)];
}
