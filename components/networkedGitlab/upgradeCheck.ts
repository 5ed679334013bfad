/** What the GitLab host's start script does about versions: a new image must be one that the data can be upgraded by. */

/**
 * GitLab's package refuses an upgrade that skips a required stop, and one away from a PostgreSQL that it does not bring
 * (omnibus-gitlab config/templates/package-scripts/preinst.erb). An image has it installed already, so nobody asks.
 * GitLab's own container image is in the same place, and asks `gitlab-ctl upgrade-check` before it configures anything
 * (omnibus-gitlab docker/assets/init-container): the new package's own rule, which knows the oldest version that it can
 * take over, of the major version before too. It lets a downgrade pass, and says nothing of PostgreSQL.
 *
 * Asked of two versions. One is the last that was configured to the end. The other is GitLab's own note, made in the midst
 * of that, which tells of an upgrade that was cut off: it can be tried again, but no more be taken back, nor go further.
 *
 * Not asked: whether background migrations have finished, which only the old version could tell.
 */
export const upgradeCheck = `
# An image has its package installed already, so the package cannot refuse what it cannot upgrade: asked for it here.
version=$(cat /opt/gitlab/embedded/service/gitlab-rails/VERSION)
refuse() {
  echo "GitLab is not started, and its data is as it was: this image holds GitLab $version, $1" >&2
  exit 1
}
record=$data/gitlab-version
for noted in "$record" /var/opt/gitlab/gitlab-rails/VERSION; do
  [ -e "$noted" ] || continue
  old=$(cat "$noted")
  [ "$old" = "$version" ] && continue
  newest=$(printf '%s\\n' "\${old%%-*}" "\${version%%-*}" | sort -V | tail -n 1)
  [ "$newest" = "\${version%%-*}" ] ||
    refuse "and the data is of $old: set gitlab.version to $old or newer"
  gitlab-ctl upgrade-check "$old" "$version" ||
    refuse "which cannot take over from $old: set gitlab.version to the stop that is named above, then go on from there"
done
postgresql=/var/opt/gitlab/postgresql/data/PG_VERSION
if [ -e "$postgresql" ] && [ ! -d "/opt/gitlab/embedded/postgresql/$(cat "$postgresql")" ]; then
  refuse "without PostgreSQL $(cat "$postgresql"), which the data is of: set gitlab.version back, and run gitlab-ctl pg-upgrade"
fi
`;

/** Notes the version on the data volume, whole or not at all. */
export const recordVersion = `printf '%s\\n' "$version" >"$record.new"
mv "$record.new" "$record"
`;
