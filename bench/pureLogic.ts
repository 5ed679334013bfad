/** How the time of the logic behind a target grows with the number of its repositories. */
import { allReferences } from "../components/references";
import { readConfig } from "../components/config/readConfig";
import { addressLock } from "../components/mirrorTarget/lock";
import { policyText, pushPolicy } from "../components/mirrorTarget/policyDocuments";
import { splitResources } from "../components/mirrorTarget/policySplit";
import { repositoryName } from "../components/mirrorTarget/repositoryName";
import { medianTimes } from "./measure";
import { printTable, ratio } from "./table";
import { repositories } from "./target";

/** Each piece of logic, prepared for so many repositories. */
const logic: Record<string, (count: number) => () => unknown> = {
  "reading the config": (count) => {
    const entries = {
      "aws:region": "ap-northeast-1",
      "git-airlock:role": "target",
      "git-airlock:repositories": JSON.stringify(repositories(count)),
      "git-airlock:repositoryPrefix": "airlock",
      "git-airlock:pull": JSON.stringify({ mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] }),
    };
    return () => readConfig(entries, "git-airlock");
  },
  "naming repositories": (count) => {
    const paths = repositories(count).map(({ gitlabProject }) => gitlabProject);
    return () => paths.map((path) => repositoryName(path, "airlock"));
  },
  "writing policies": (count) => {
    const lock = addressLock(["203.0.113.10/32"]);
    const arns = repositories(count).map(
      ({ gitlabProject }) =>
        `arn:aws:codecommit:ap-northeast-1:222222222222:${repositoryName(gitlabProject)}`,
    );
    const document = (resources: readonly string[]) => pushPolicy(resources, lock, allReferences);
    return () => splitResources(arns, document).map((run) => policyText(document(run)));
  },
};

/** Prints how much longer four times as much takes. */
export async function benchPureLogic(turns: number): Promise<void> {
  const [few, many] = [1000, 4000];
  const works = Object.values(logic).flatMap((prepare) => [prepare(few), prepare(many)]);
  const times = await medianTimes(turns, works);
  printTable(
    "Logic of a target",
    `Time for ${many.toLocaleString("en-US")} repositories as a multiple of that for ${few.toLocaleString("en-US")}: 4 is linear growth, 16 quadratic.`,
    ["what", "multiple"],
    Object.keys(logic).map((name, i) => [name, ratio((times[2 * i + 1] ?? NaN) / (times[2 * i] ?? NaN))]),
  );
}
