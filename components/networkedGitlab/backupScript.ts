/** What runs on the GitLab host before and after a snapshot is taken. */

/**
 * GitLab is stopped for as long as taking the snapshot takes, which GitLab advises for snapshots of its disk (docs.gitlab.com/
 * administration/backup_restore/backup_gitlab, "Alternative backup strategies"). Should the post script never come,
 * a timer starts GitLab again.
 */
const script = `#!/bin/bash
set -euo pipefail
timer=gitlab-start-after-backup
case '{{ command }}' in
pre-script)
  systemctl stop "$timer.timer" 2>/dev/null || true
  systemd-run --quiet --collect --unit="$timer" --on-active=15min gitlab-ctl start
  gitlab-ctl stop
  sync
  ;;
post-script)
  gitlab-ctl start
  systemctl stop "$timer.timer" 2>/dev/null || true
  ;;
dry-run) ;;
esac
`;

/**
 * The Systems Manager document, with the parameters that Data Lifecycle Manager demands of it: docs.aws.amazon.com/ebs/
 * latest/userguide/script-other-use-cases.html.
 */
export const backupScript = {
  schemaVersion: "2.2",
  description: "Stops GitLab before a snapshot and starts it afterwards",
  parameters: {
    executionId: {
      type: "String",
      default: "None",
      description: "Identifies one run of the scripts",
      allowedPattern: "^(None|[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12})$",
    },
    command: {
      type: "String",
      default: "dry-run",
      description: "Which script to run",
      allowedValues: ["pre-script", "post-script", "dry-run"],
    },
  },
  mainSteps: [
    {
      action: "aws:runShellScript",
      name: "run",
      precondition: { StringEquals: ["platformType", "Linux"] },
      inputs: { runCommand: [script] },
    },
  ],
};
