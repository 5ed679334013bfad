/** Certificate Manager: certificates that are imported, and those that it issues once DNS tells whose the name is. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { accountTimestamp } from "../clock";
import { derivedUuid, sharedDigest } from "../derived";
import { plainName, Route53 } from "../dns/route53";
import { perAccount } from "../perAccount";
import { resource, type Request } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { checkImported, importedOutputs, type ImportedCertificate } from "./acmImports";

/** What a CNAME record has to say before ACM issues a certificate. */
interface Proof {
  name: string;
  value: string;
}

interface Certificate {
  arn: string;
  /** Undefined for a certificate that is imported. */
  proof: Proof | undefined;
  isIssued: boolean;
}

/** The account's certificates; first those that it has already, all of them issued. */
const certificates = perAccount(({ options }) => {
  const table = new Table<Certificate>("certificate", "ResourceNotFoundException");
  for (const arn of options.certificateArns ?? []) table.add(arn, { arn, proof: undefined, isIssued: true });
  return table;
});

/** Whether the certificate exists, and a load balancer may use it: it then is issued. */
export function stateOfCertificate(aws: AccountContext, arn: string): "issued" | "pending" | undefined {
  const found = certificates(aws).find(arn);
  if (found === undefined) return undefined;
  found.isIssued ||= found.proof !== undefined && isShown(aws, found.proof);
  return found.isIssued ? "issued" : "pending";
}

/** Whether the Internet sees it. */
function isShown(aws: AccountContext, { name, value }: Proof): boolean {
  return Route53.of(aws)
    .answer(name, "CNAME")
    .some((one) => plainName(one) === plainName(value));
}

/**
 * Characters of the first name.
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
 */
const longestName = 64;

const certificateInputs = z.looseObject({
  ...tagged.shape,
  certificateBody: z.string().optional(),
  privateKey: z.string().optional(),
  certificateChain: z.string().optional(),
  domainName: z.string().optional(),
  validationMethod: z.literal("DNS").optional(),
  // More names, of which each wants a proof.
  subjectAlternativeNames: z.undefined().optional(),
});
type CertificateRequest = Request<z.infer<typeof certificateInputs>>;

/**
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
 */
export const certificate = resource({
  type: "aws:acm/certificate:Certificate",
  inputs: certificateInputs,
  replaces: ["domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"],
  checks: [
    [
      "ValidationException",
      ({ inputs }) =>
        (importedOf(inputs) === undefined) === (inputs.domainName === undefined) &&
        "Expected either certificateBody and privateKey, or domainName",
    ],
    [
      "ValidationException",
      ({ inputs: { domainName, validationMethod } }) =>
        domainName !== undefined && validationMethod === undefined && "Expected a validationMethod",
    ],
    [
      "ValidationException",
      ({ inputs: { domainName = "" } }) =>
        domainName.length > longestName &&
        `The first domain name can be of no more than ${longestName} characters, and "${domainName}" has ${domainName.length}`,
    ],
    ({ inputs }) => {
      const imported = importedOf(inputs);
      if (imported !== undefined) checkImported(imported);
    },
  ],
  id: ({ aws, creation }) => aws.arn("acm", `certificate/${derivedUuid(aws, "certificate", creation.name)}`),
  arn: ({ id }) => id,
  keep: ({ aws, arn, inputs: { domainName } }) =>
    certificates(aws).add(arn, {
      arn,
      proof: domainName === undefined ? undefined : proofOf(aws, domainName),
      isIssued: domainName === undefined,
    }),
  outputs: (request) => {
    const imported = importedOf(request.inputs);
    return {
      options: { certificateTransparencyLoggingPreference: "ENABLED", export: "DISABLED" },
      pendingRenewal: false,
      renewalEligibility: "INELIGIBLE",
      renewalSummaries: [],
      validationEmails: [],
      ...(imported === undefined ? requestedOutputs(request) : importedOutputs(imported)),
    };
  },
});

function importedOf(inputs: CertificateRequest["inputs"]): ImportedCertificate | undefined {
  const { certificateBody, privateKey, certificateChain } = inputs;
  if (certificateBody === undefined || privateKey === undefined) return undefined;
  return { certificateBody, privateKey, certificateChain };
}

function requestedOutputs({ aws, inputs: { domainName = "" } }: CertificateRequest) {
  const { name, value } = proofOf(aws, domainName);
  return {
    domainName,
    domainValidationOptions: [
      {
        domainName,
        resourceRecordName: `${name}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `${value}.`,
      },
    ],
    keyAlgorithm: "RSA_2048",
    notAfter: "",
    notBefore: "",
    status: "PENDING_VALIDATION",
    subjectAlternativeNames: [domainName],
    type: "AMAZON_ISSUED",
    validationMethod: "DNS",
  };
}

/**
 * The same for every certificate of the account that is for the name.
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
function proofOf(aws: AccountContext, domainName: string): Proof {
  const half = (what: string) => sharedDigest(aws, "proof", what, domainName).slice(0, 32);
  return { name: `_${half("name")}.${domainName}`, value: `_${half("value")}.acm-validations.aws` };
}

/**
 * The wait of the AWS provider, which nothing in AWS stands for. Here no time passes: what would not be issued now never is.
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html
 */
export const certificateValidation = resource({
  type: "aws:acm/certificateValidation:CertificateValidation",
  inputs: z.looseObject({
    certificateArn: z.string(),
    validationRecordFqdns: z.array(z.string()).optional(),
  }),
  replaces: ["certificateArn", "validationRecordFqdns"],
  checks: [
    ({ aws, inputs: { certificateArn: arn, validationRecordFqdns } }) => {
      const { proof } = certificates(aws).get(arn);
      if (proof === undefined)
        throw new AwsError(
          "ValidationException",
          `certificate (${arn}) has type IMPORTED, no validation necessary`,
        );
      if (validationRecordFqdns?.every((fqdn) => plainName(fqdn) !== proof.name) === true)
        throw new AwsError("ValidationException", `missing ${proof.name} DNS validation record`);
    },
    [
      "Timeout",
      ({ aws, creation, inputs: { certificateArn: arn } }) =>
        // One that was issued stays so, whatever becomes of the record.
        creation.previous === undefined &&
        stateOfCertificate(aws, arn) === "pending" &&
        `waiting for ACM Certificate (${arn}) to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION')`,
    ],
  ],
  id: () => accountTimestamp,
  keep: ({ aws, inputs: { certificateArn: arn } }) => {
    certificates(aws).get(arn).isIssued = true;
  },
});
