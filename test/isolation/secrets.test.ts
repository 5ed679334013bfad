import { expect } from "chai";
import fc from "fast-check";
import { decodedTexts, secretsIn } from "../../isolation/secrets";

describe("secretsIn", () => {
  it("sees every password that CodeCommit may give, wherever it stands", () => {
    const password = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString("base64"));
    // Of 32 random bytes none has a base64 without capitals, small letters or digits in practice.
    const usual = password.filter((text) => /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text));
    const around = fc.constantFrom(
      ["", ""],
      ["PASSWORD=", "\n"],
      ["'", "'"],
      ['{"password":"', '"}'],
      ["user:", "@host"],
    );
    fc.assert(
      fc.property(usual, around, (text, [before, after]) => {
        const found = secretsIn(`${before}${text}${after}`);
        expect(found.join()).to.contain("a CodeCommit password");
        expect(found.join()).to.not.contain(text);
      }),
    );
  });

  for (const [what, text] of [
    ["a private key", "-----BEGIN EC PRIVATE KEY-----"],
    ["an AWS access key id", "aws_access_key_id=AKIAIOSFODNN7EXAMPLE"],
    ["an AWS secret key", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ["a GitLab token", "glpat-0123456789abcdefghij"],
    ["a GitLab token", "glagent-0123456789abcdefghij"],
    ["a GitHub token", `ghp_${"a1B2".repeat(9)}`],
    ["a password in quotes", "gitlab_rails['initial_root_password'] = 'correct horse battery'"],
    ["a password in a URL", "https://user:hunter2@example.com/"],
  ] as const) {
    it(`sees ${what}, as in ${text.slice(0, 12)}`, () => {
      expect(secretsIn(`before ${text} after`)[0]).to.match(new RegExp(`^${what} \\(`));
    });
  }

  for (const [what, text] of [
    ["a checksum", "sha256-xTBAr/czp+D3EXAMPLE47lrJ6/43r2zqGwR3EXAMPLE="],
    ["a longer base64", Buffer.from("x".repeat(200)).toString("base64")],
    ["an ARN", "arn:aws:secretsmanager:eu-west-1:444455556666:secret:target-pull-secret-69c6245-vJm0XD"],
    ["a certificate", "-----BEGIN CERTIFICATE-----"],
    ["a clone URL", "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/platform.app"],
    ["where a password is kept", "initial_root_password: '/git-airlock/dev/root-password'"],
    ["what a script fills in", `password = "$PASSWORD_FROM_FILE"`],
    ["a URL that a script fills in", "https://$user:$password@example.com/"],
  ] as const) {
    it(`takes ${what} for none`, () => {
      expect(secretsIn(text)).to.deep.equal([]);
    });
  }
});

describe("decodedTexts", () => {
  it("takes what only begins like gzip as it is", () => {
    const encoded = Buffer.from([
      0x1f,
      0x8b,
      ...Buffer.from("not gzip at all, but long enough to be looked at"),
    ]);
    expect(decodedTexts(encoded.toString("base64")).join()).to.contain("not gzip at all");
  });
});
