/** Certificate Manager: certificates that are imported, and certificates that are asked for. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import { accountTime, rfc3339 } from "../clock";
import { derivedUuid } from "../derived";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";

interface Certificate {
  arn: string;
  status: "ISSUED" | "PENDING_VALIDATION";
}

// ACM User Guide, "Prerequisites for importing ACM certificates": bytes of the private key.
const maxKeySize = 5_120;

const domainName = z
  .string()
  .max(253)
  .regex(/^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/, "is no domain name");

const importSchema = z.looseObject({
  ...tagged.shape,
  certificateBody: z.string(),
  privateKey: z.string(),
  certificateChain: z.string().optional(),
  domainName: z.undefined().optional().optional(),
});

const requestSchema = z.looseObject({
  ...tagged.shape,
  domainName,
  subjectAlternativeNames: z.array(domainName).default([]),
  validationMethod: z.enum(["DNS", "EMAIL"]),
  keyAlgorithm: z.enum(["RSA_2048", "EC_prime256v1", "EC_secp384r1"]).default("RSA_2048"),
  certificateBody: z.undefined().optional().optional(),
});

export class Acm implements Service {
  readonly #certificates = new Table<Certificate>("certificate", "ResourceNotFoundException");

  /** @param issued ARNs of issued certificates that the account has already, e.g. one named in a configuration */
  constructor(
    private readonly context: AccountContext,
    issued: readonly string[] = [],
  ) {
    for (const arn of issued) this.#certificates.add(arn, { arn, status: "ISSUED" });
  }

  readonly kinds = {
    "aws:acm/certificate:Certificate": kind(z.union([importSchema, requestSchema]), (inputs, creation) =>
      inputs.certificateBody === undefined ? this.#request(inputs, creation) : this.#import(inputs, creation),
    ),
  };

  /** Whether a load balancer may use the certificate: it exists and is issued. */
  hasCertificate(arn: string): boolean {
    return this.#certificates.find(arn)?.status === "ISSUED";
  }

  #import(inputs: z.infer<typeof importSchema>, creation: Creation): Created {
    const certificate = requireCertificate(inputs.certificateBody, "certificate body");
    for (const part of inputs.certificateChain?.match(/-----BEGIN[^]+?-----END [A-Z ]+-----/g) ?? []) {
      requireCertificate(part, "certificate chain");
    }
    requireKeyOf(certificate, inputs.privateKey);
    const [notBefore, notAfter] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    if (notBefore > accountTime || notAfter <= accountTime) {
      throw new AwsError(
        "ValidationException",
        `The certificate is valid from ${rfc3339(notBefore)} to ${rfc3339(notAfter)}, which is not now (${rfc3339(accountTime)}).`,
      );
    }
    const names = (certificate.subjectAltName ?? "")
      .split(", ")
      .flatMap((n) => (n.startsWith("DNS:") ? [n.slice(4)] : []));
    return this.#add("ISSUED", inputs, creation, {
      domainName: /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? names[0] ?? "",
      domainValidationOptions: [],
      keyAlgorithm: keyAlgorithmOf(certificate),
      notAfter: rfc3339(notAfter),
      notBefore: rfc3339(notBefore),
      subjectAlternativeNames: names,
      type: "IMPORTED",
      validationMethod: "NONE",
    });
  }

  /** What is asked for stays pending: nothing here proves who owns a domain. */
  #request(inputs: z.infer<typeof requestSchema>, creation: Creation): Created {
    const names = [...new Set([inputs.domainName, ...inputs.subjectAlternativeNames])];
    const options = names.map((name) => {
      const token = this.context.digest("validation", name).slice(0, 32);
      const domain = name.replace(/^\*\./, "");
      return {
        domainName: name,
        resourceRecordName: `_${token}.${domain}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `_${this.context.digest("validation value", name).slice(0, 32)}.acm-validations.aws.`,
      };
    });
    return this.#add("PENDING_VALIDATION", inputs, creation, {
      domainValidationOptions: inputs.validationMethod === "DNS" ? options : [],
      notAfter: "",
      notBefore: "",
      subjectAlternativeNames: names,
      type: "AMAZON_ISSUED",
    });
  }

  #add(
    status: Certificate["status"],
    inputs: z.infer<typeof importSchema> | z.infer<typeof requestSchema>,
    creation: Creation,
    outputs: Record<string, unknown>,
  ): Created {
    const arn = this.context.arn(
      "acm",
      `certificate/${derivedUuid(this.context, "certificate", creation.name)}`,
    );
    this.#certificates.add(arn, { arn, status });
    return {
      id: arn,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        ...outputs,
        arn,
        options: { certificateTransparencyLoggingPreference: "ENABLED", export: "DISABLED" },
        pendingRenewal: false,
        region: this.context.region,
        renewalEligibility: "INELIGIBLE",
        renewalSummaries: [],
        status,
        validationEmails: [],
      },
    };
  }
}

function requireCertificate(text: string, what: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new AwsError("ValidationException", `The ${what} is not a valid certificate in PEM format.`);
  }
}

function requireKeyOf(certificate: X509Certificate, privateKey: string): void {
  if (Buffer.byteLength(privateKey) > maxKeySize) {
    throw new AwsError("ValidationException", `The private key has more than ${maxKeySize} bytes.`);
  }
  let fits: boolean;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    throw new AwsError(
      "ValidationException",
      "The private key is not an unencrypted private key in PEM format.",
    );
  }
  if (!fits) {
    throw new AwsError(
      "ValidationException",
      "The certificate and the private key do not match: their public keys differ.",
    );
  }
}

/** The algorithm as ACM names it; ValidationException for one that ACM does not take. */
function keyAlgorithmOf(certificate: X509Certificate): string {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const curve = asymmetricKeyDetails?.namedCurve ?? "";
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType === "rsa" && [1024, 2048, 3072, 4096].includes(bits)) return `RSA_${bits}`;
  if (asymmetricKeyType === "ec" && ["prime256v1", "secp384r1", "secp521r1"].includes(curve))
    return `EC_${curve}`;
  throw new AwsError(
    "ValidationException",
    `The certificate's key (${asymmetricKeyType ?? "unknown"} ${curve}) is not supported.`,
  );
}
