/** What EC2 checks of an instance's type and user data. */
import type { Image } from "../accountContext";
import { AwsError } from "../awsError";

/**
 * In raw form, before base64.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
const maxUserDataBytes = 16_384;
const instanceTypePattern =
  /^(?<family>[a-z][a-z0-9-]*)\.(nano|micro|small|medium|large|xlarge|\d+xlarge|metal(-\d+xl)?)$/;

/** What an instance type's processors run. Graviton families carry a g after the generation (m7g, t4g); a1 came first. */
export function architectureOf(instanceType: string): "arm64" | "x86_64" {
  return /^(?:a1|[a-z]+\d+g[a-z-]*)\./.test(instanceType) ? "arm64" : "x86_64";
}

/** Refuses a malformed instance type, and one whose processors cannot run the image, with InvalidParameterValue. */
export function requireInstanceType(instanceType: string, image: Image): void {
  const family = instanceTypePattern.exec(instanceType)?.groups?.family;
  if (family === undefined) {
    throw new AwsError("InvalidParameterValue", `Invalid value '${instanceType}' for InstanceType.`);
  }
  const architecture = architectureOf(instanceType);
  if (architecture !== image.architecture) {
    throw new AwsError(
      "InvalidParameterValue",
      `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI.`,
    );
  }
}

/** The user data as text, whichever property it was given in. More than 16 KB is refused with InvalidParameterValue. */
export function userDataOf({
  userData,
  userDataBase64,
}: {
  userData?: string | undefined;
  userDataBase64?: string | undefined;
}): string {
  if (userData !== undefined && userDataBase64 !== undefined) {
    throw new AwsError(
      "InvalidParameterCombination",
      "userData and userDataBase64 conflict: give one of them",
    );
  }
  if (
    userDataBase64 !== undefined &&
    Buffer.from(userDataBase64, "base64").toString("base64") !== userDataBase64
  ) {
    throw new AwsError("InvalidParameterValue", "Invalid BASE64 encoding of user data.");
  }
  const bytes =
    userDataBase64 === undefined ? Buffer.from(userData ?? "") : Buffer.from(userDataBase64, "base64");
  if (bytes.length > maxUserDataBytes) {
    throw new AwsError(
      "InvalidParameterValue",
      `User data is limited to ${maxUserDataBytes} bytes; ${bytes.length} were given`,
    );
  }
  return bytes.toString("utf8");
}
