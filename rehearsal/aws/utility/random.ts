/** The random provider: passwords that follow from the account's seed. */
import { z } from "zod";
import type { AccountContext, Creation } from "../accountContext";
import { derivedBytes, derivedText } from "../derived";
import { byAnyInput } from "../replacement";
import { resource } from "../resource";

const alphabets = {
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

const minimum = z.number().int().min(0).default(0);

const passwordInputs = z.looseObject({
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
type PasswordInputs = z.infer<typeof passwordInputs>;

/** @see https://www.pulumi.com/registry/packages/random/api-docs/randompassword/ */
export const randomPassword = resource({
  type: "random:index/randomPassword:RandomPassword",
  inputs: passwordInputs,
  replaces: byAnyInput,
  checks: [
    [
      "InvalidAttributeValue",
      ({ creation, inputs }) =>
        inputs.length < leastOf(inputs) &&
        `the length of "${creation.name}" is ${inputs.length}, less than minUpper + minLower + minNumeric + minSpecial = ${leastOf(inputs)}`,
    ],
    [
      "InvalidAttributeValue",
      ({ creation, inputs }) =>
        alphabetOf(inputs) === "" && `"${creation.name}" allows no sort of character at all`,
    ],
  ],
  id: () => "none",
  outputs: ({ aws, creation, inputs }) => ({
    number: allowsDigits(inputs),
    numeric: allowsDigits(inputs),
    result: passwordOf(aws, creation, inputs),
  }),
});

function allowsDigits({ numeric, number }: PasswordInputs): boolean {
  return numeric ?? number ?? true;
}

function leastOf({ minUpper, minLower, minNumeric, minSpecial }: PasswordInputs): number {
  return minUpper + minLower + minNumeric + minSpecial;
}

function specialOf({ overrideSpecial }: PasswordInputs): string {
  return overrideSpecial ?? alphabets.special;
}

/** Every character that the password may have. */
function alphabetOf(inputs: PasswordInputs): string {
  return (
    (inputs.upper ? alphabets.upper : "") +
    (inputs.lower ? alphabets.lower : "") +
    (allowsDigits(inputs) ? alphabets.numeric : "") +
    (inputs.special ? specialOf(inputs) : "")
  );
}

/** As the provider does: first the least number of each sort, the rest from all sorts, then shuffled. No bcryptHash. */
function passwordOf(aws: AccountContext, creation: Creation, inputs: PasswordInputs): string {
  // Other keepers, another value.
  const keepers = Object.entries(inputs.keepers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const from = [creation.type, creation.name, JSON.stringify(keepers)];
  const draw = (sort: string, alphabet: string, count: number): string =>
    derivedText(aws, alphabet, count, ...from, sort);
  const drawn = [
    draw("upper", alphabets.upper, inputs.minUpper),
    draw("lower", alphabets.lower, inputs.minLower),
    draw("numeric", alphabets.numeric, inputs.minNumeric),
    draw("special", specialOf(inputs), inputs.minSpecial),
    draw("all", alphabetOf(inputs), inputs.length - leastOf(inputs)),
  ].join("");
  const order = derivedBytes(aws, 4 * drawn.length, "order", ...from);
  return Array.from({ length: drawn.length }, (_, i) => i)
    .sort((a, b) => order.readUInt32BE(4 * a) - order.readUInt32BE(4 * b))
    .map((i) => drawn.charAt(i))
    .join("");
}
