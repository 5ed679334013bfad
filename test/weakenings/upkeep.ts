/** Weakened care for the data and for good order, of which no claim speaks. */
import { each, type Weakening } from "./weakening";

const GITLAB = "source-gitlab";
const DATA = "source-gitlab-data";
const REPOSITORY = "target-repository-platform.app";

export const upkeep: readonly Weakening[] = each({ stack: "source" }, [
  {
    what: "goes back to the first version of instance metadata",
    edit: (stack) => stack.change("ec2.Instance", GITLAB, { metadataOptions: { httpTokens: "optional" } }),
    rule: ["instances-require-imdsv2", GITLAB, "httpTokens optional"],
  },
  {
    what: "leaves the data volume plain",
    edit: (stack) => stack.change("ebs.Volume", DATA, { encrypted: false }),
    rule: ["volumes-are-encrypted", DATA, "encrypted false"],
  },
  {
    what: "leaves the root volume plain",
    edit: (stack) => stack.change("ec2.Instance", GITLAB, { rootBlockDevice: { volumeType: "gp3" } }),
    rule: ["volumes-are-encrypted", GITLAB, "rootBlockDevice.encrypted not set"],
  },
  {
    what: "leaves an Elastic IP unprotected",
    edit: (stack) => {
      stack.find("ec2.Eip", "source-nat-ap-northeast-1a").protect = false;
    },
    rule: ["elastic-ips-are-protected", "source-nat-ap-northeast-1a", "protect false"],
  },
  {
    what: "leaves a repository unprotected",
    stack: "target",
    edit: (stack) => {
      stack.find("codecommit.Repository", REPOSITORY).protect = false;
    },
    rule: ["repositories-are-protected", REPOSITORY, "protect false"],
    level: "advisory",
  },
  {
    what: "leaves GitLab without protection from termination",
    edit: (stack) => stack.change("ec2.Instance", GITLAB, { disableApiTermination: false }),
    rule: ["gitlab-is-protected-from-termination", GITLAB, "disableApiTermination false"],
    level: "advisory",
  },
  {
    what: "makes no backups",
    edit: (stack) => stack.remove("dlm.LifecyclePolicy", "source-backup"),
    rule: ["gitlab-is-backed-up", GITLAB, "no backups"],
    level: "advisory",
  },
  {
    what: "never lets go of the proxy's logs",
    edit: (stack) => stack.change("cloudwatch.LogGroup", "source-proxy", { retentionInDays: undefined }),
    rule: ["logs-are-kept", "source-proxy", "retentionInDays not set"],
    level: "advisory",
  },
  {
    what: "forgets who owns a resource",
    edit: (stack) => {
      stack.find("ebs.Volume", DATA).outputs.tagsAll = { pj: "mirror", env: "dev" };
    },
    rule: ["required-tags", DATA, "owner"],
    level: "advisory",
  },
]);
