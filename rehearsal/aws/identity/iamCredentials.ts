/** IAM's service-specific credentials: the user names and passwords of git over HTTPS. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { AccountContext, Creation } from "../accountContext";
import { AwsError } from "../awsError";
import { capitalsAndDigits, derivedBytes, derivedText } from "../derived";

/** A git credential of an IAM user. */
export interface GitCredential {
  id: string;
  userName: string;
  serviceUserName: string;
  servicePassword: string;
  status: "Active" | "Inactive";
}

/** The only service of ours that such credentials are for. */
export const codeCommitService = "codecommit.amazonaws.com";

/**
 * For each service and user.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
 */
const maxPerUser = 2;

export class GitCredentials {
  readonly #byUserName = new Map<string, GitCredential[]>();
  readonly #byServiceUserName = new Map<string, GitCredential>();

  constructor(private readonly aws: AccountContext) {}

  /** The id of a user's credential: it follows from the resource's name. */
  idOf(userName: string, { name }: Creation): string {
    return `ACCA${derivedText(this.aws, capitalsAndDigits, 17, ...partsOf(userName, name))}`;
  }

  /** Makes a credential for a user that exists; LimitExceeded at the third. */
  add(userName: string, status: GitCredential["status"], creation: Creation): GitCredential {
    const existing = this.#byUserName.get(userName) ?? [];
    if (existing.length >= maxPerUser) {
      throw new AwsError(
        "LimitExceeded",
        `Cannot exceed quota for ServiceSpecificCredentialsPerUser: ${maxPerUser} ("${userName}" has them already)`,
      );
    }
    const credential: GitCredential = {
      id: this.idOf(userName, creation),
      userName,
      serviceUserName: this.#serviceUserName(userName, creation),
      // As AWS's own: base64 of 32 bytes.
      servicePassword: derivedBytes(this.aws, 32, ...partsOf(userName, creation.name)).toString("base64"),
      status,
    };
    this.#byUserName.set(userName, [...existing, credential]);
    this.#byServiceUserName.set(credential.serviceUserName, credential);
    return credential;
  }

  /** The credential with this id; NoSuchEntity without one. */
  get(id: string): GitCredential {
    const credential = [...this.#byServiceUserName.values()].findLast((one) => one.id === id);
    if (!credential) throw new AwsError("NoSuchEntity", `there is no git credential "${id}"`);
    return credential;
  }

  /** Takes a credential away, by its id. */
  delete(id: string): void {
    const credential = this.get(id);
    const { userName, serviceUserName } = credential;
    this.#byServiceUserName.delete(serviceUserName);
    const left = this.#byUserName.get(userName)?.filter((one) => one !== credential) ?? [];
    this.#byUserName.set(userName, left);
  }

  /** As AWS's own: "user-at-123456789012", the second "user+1-at-123456789012". */
  #serviceUserName(userName: string, { previous }: Creation): string {
    const given = previous?.["serviceUserName"];
    if (typeof given === "string") return given;
    for (let number = 0; ; number++) {
      const name = `${userName}${number === 0 ? "" : `+${number}`}-at-${this.aws.accountId}`;
      if (!this.#byServiceUserName.has(name)) return name;
    }
  }

  /** The name of the user whose active credential this is. */
  userOf(serviceUserName: string, password: string): string | undefined {
    const credential = this.#byServiceUserName.get(serviceUserName);
    // Hashes have one length, which timingSafeEqual asks for.
    const matches = timingSafeEqual(sha256(password), sha256(credential?.servicePassword ?? ""));
    return credential?.status === "Active" && matches ? credential.userName : undefined;
  }
}

function partsOf(userName: string, resourceName: string): string[] {
  return ["git credential", userName, resourceName];
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
