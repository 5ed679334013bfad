/** The stand-ins for providers that make values and nothing in a cloud. */
import type { Family } from "../resource";
import { randomPassword } from "./random";
import { privateKey, selfSignedCert } from "./tls";

export const utility: Family = { resources: [privateKey, randomPassword, selfSignedCert] };
