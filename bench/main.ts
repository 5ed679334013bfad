/** The command behind `npm run bench`: prints ratios, taken in one run on one machine, so that they mean something. */
import { join } from "node:path";
import { benchCommand } from "./command";
import { benchIsolation } from "./isolation";
import { benchPhases } from "./phases";
import { benchPull } from "./pull";
import { benchPureLogic } from "./pureLogic";
import { benchTarget } from "./target";
import { benchTargets } from "./targets";

const root = join(__dirname, "..");

async function main(): Promise<void> {
  await benchTarget(root, 3);
  await benchTargets(root);
  await benchPureLogic(15);
  await benchIsolation(root, 5);
  await benchPull(3);
  await benchPhases(root, 5);
  await benchCommand(root, 5);
}

void main();
