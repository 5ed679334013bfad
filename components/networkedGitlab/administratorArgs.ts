/** GitLab's first administrator, as an argument. */
import { z } from "zod";
import { object, pattern, text } from "../schema/fields";
import { emailProblem } from "../syntax";

/**
 * The form of a new user's name in GitLab. `root` is there already.
 * @see https://docs.gitlab.com/user/profile/#change-your-username
 */
function username() {
  const form = /^(?!root$)[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*(?<!\.(?:git|atom))$/i;
  const kind =
    "a user name: letters and digits, with single dots, dashes and underscores between them, 2 to 100, and not root";
  return text("alice", (value) =>
    form.test(value) && value.length >= 2 && value.length <= 100 ? undefined : `is not ${kind}`,
  );
}

/** Types of public keys that GitLab takes (https://docs.gitlab.com/user/ssh/#supported-ssh-key-types), but for DSA. */
const keyTypes: readonly string[] = [
  "ssh-ed25519",
  "sk-ssh-ed25519@openssh.com",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ecdsa-sha2-nistp256@openssh.com",
  "ssh-rsa",
];

/** With room for an RSA key of 8,192 bits; the parameter that it goes into holds 4 KB. */
const longestKey = 2_000;

/** @see https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1 */
const longestEmail = 254;

const keyExample =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8w alice@example.com";

/** What is wrong with a public key in OpenSSH's form, on one line: type, base64, and perhaps a comment. */
export function sshKeyProblem(key: string): string | undefined {
  if (/PRIVATE KEY/.test(key)) return "is a private key: make another one, and give its public half";
  if (/[\u0000-\u001f\u007f]/.test(key)) return "is not on one line";
  const [type = "", blob = ""] = key.split(" ");
  if (!keyTypes.includes(type))
    return `does not begin with the type of a key that GitLab takes (${keyTypes.join(", ")})`;
  if (key.length > longestKey) return `is longer than ${longestKey} characters`;
  return isBlobOf(type, blob)
    ? undefined
    : "is not a public key: its second word is not of its first one's type";
}

/**
 * The base64 of a key begins with the key's type, as a string with its length ahead.
 * @see https://www.rfc-editor.org/rfc/rfc4253#section-6.6
 */
function isBlobOf(type: string, blob: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return false;
  const bytes = Buffer.from(blob, "base64");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  const head = Buffer.concat([length, Buffer.from(type)]);
  return (
    bytes.toString("base64") === blob &&
    bytes.length > head.length + 4 &&
    bytes.subarray(0, head.length).equals(head)
  );
}

/** Of the key nothing is shown, whatever it is: somebody may have given the other half. */
function sshKey() {
  const error = `is not a text (in quotes); expected e.g. ${JSON.stringify(keyExample)}`;
  return z.string({ error }).superRefine((value, context) => {
    const problem = sshKeyProblem(value);
    if (problem === undefined) return;
    const message = `${problem}; expected e.g. ${JSON.stringify(keyExample)}`;
    context.addIssue({ code: "custom", input: undefined, message });
  });
}

/** The schema of the argument `gitlab.administrator`. */
export function administrator() {
  return object(
    {
      /** e.g. "alice" */
      username: username(),
      /** As people see it. @default the user name */
      name: pattern(
        "Alice Example",
        "a name: 1 to 100 characters on one line",
        /^[^\u0000-\u001f\u007f\u2028\u2029]{1,100}$/u,
      ).optional(),
      email: text("alice@example.com", (value) =>
        value.length > longestEmail ? `is longer than ${longestEmail} characters` : emailProblem(value),
      ),
      /** A public key, e.g. the content of ~/.ssh/id_ed25519.pub. */
      sshKey: sshKey().optional(),
    },
    { username: "alice", email: "alice@example.com" },
  );
}

export type AdministratorArgs = z.output<ReturnType<typeof administrator>>;
