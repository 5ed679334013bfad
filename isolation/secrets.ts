/** Texts that look like secrets. */
import { gunzipSync } from "node:zlib";

interface Look {
  what: string;
  pattern: RegExp;
}

/**
 * What secrets look like. CodeCommit's passwords are base64 of 32 bytes, as the answer of IAM's
 * CreateServiceSpecificCredential shows; a checksum of that length, written after its algorithm's name, is none.
 */
const LOOKS: readonly Look[] = [
  { what: "a private key", pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g },
  { what: "an AWS access key id", pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g },
  {
    what: "an AWS secret key",
    pattern: /secret_?(?:access_?)?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/gi,
  },
  {
    what: "a CodeCommit password",
    pattern:
      /(?<!sha256[-:=/]\s*)(?<![A-Za-z0-9+/])(?=[^=]{0,42}[A-Z])(?=[^=]{0,42}[a-z])(?=[^=]{0,42}\d)[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])/g,
  },
  {
    what: "a GitLab token",
    pattern: /(?<![\w-])gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[\w-]{20,}/g,
  },
  { what: "a GitHub token", pattern: /(?<!\w)(?:gh[opsur]_\w{36,}|github_pat_\w{22,})/g },
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  { what: "a Slack webhook", pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/T\w+\/\w+/g },
  // RFC 7519: two objects in base64url, which begin with {", and a signature.
  { what: "a JSON web token", pattern: /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/g },
  // What stands in for one (a variable, a path, an ARN) is none, and a CodeCommit password is told by its form.
  {
    what: "a password in quotes",
    pattern:
      /(?:password|passwd|secret_?key)["'\]]*\s*(?:=>|[:=])\s*(["'])(?!\$|<%|#\{|\{\{|arn:|\/|[A-Za-z0-9+/]{43}=\1)[^"'\n]{8,}\1/gi,
  },
  { what: "a password in a URL", pattern: /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@$'"]+:[^\s/:@$'"]+@/gi },
];

/** What in the text looks like a secret, with nothing of it. */
export function kindsOfSecretsIn(text: string): string[] {
  return LOOKS.filter(({ pattern }) => text.search(pattern) >= 0).map(({ what }) => what);
}

/** What in the text looks like a secret, each as messages call it; only its first characters are shown. */
export function secretsIn(text: string): string[] {
  return LOOKS.flatMap(({ what, pattern }) =>
    [...text.matchAll(pattern)].map(([found]) => `${what} (${found.slice(0, 8)}…)`),
  );
}

/** What the base64 in a text says, compressed or not: user data and environment variables often hold it. */
export function decodedTexts(text: string): string[] {
  return [...text.matchAll(/[A-Za-z0-9+/]{48,}={0,2}/g)].map(([encoded]) => {
    const bytes = Buffer.from(encoded, "base64");
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isGzip ? unzipped(bytes) : bytes).toString("latin1");
  });
}

/** Something may begin like gzip and be something else, which then is looked at as it is. */
function unzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes;
  }
}
