/** OpenSSH, which makes keys and checks signatures as git does it. What needs it is skipped where it is not. */
import { spawnSync } from "node:child_process";

export const hasOpenSsh = spawnSync("ssh-keygen", ["-?"]).error === undefined;
if (!hasOpenSsh) console.log("There is no ssh-keygen: what needs one is not tested. OpenSSH has it.");
