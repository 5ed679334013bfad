# Sets GitLab's push mirrors as the desired state on standard input says, starts each, waits for what becomes of it, and
# prints one line: the status as JSON, without secrets. Run by `gitlab-rails runner`; ends with 1 where there are problems.
#
# A mirror is ours if its user is a credential of an IAM user who pushes for us. Ours that nobody wants are removed; all
# others are never touched. A second run changes nothing.
#
# Whatever goes wrong, the status is printed. What GitLab, Gitaly, git or CodeCommit say may hold anything that a developer
# can write into a name: it is made UTF-8, loses the credential, and stands in one sentence of its own mirror.
#
# What it relies on in GitLab: app/models/remote_mirror.rb (setting the URL resets the credential; a changed credential
# clears the state of the last run; every run that ends, well or badly, sets last_update_at; a run soon after another one
# waits up to five minutes), app/models/concerns/mirror_authentication.rb (the virtual fields of a credential), and
# app/services/projects/create_service.rb and app/services/groups/create_service.rb.

require "cgi"
require "json"

# In seconds. A run may have to wait for five minutes before it starts.
LONGEST_WAIT = 15 * 60
LONGEST_LAG = 60 * 60
BETWEEN_LOOKS = 5

class Reconciliation
  # What comes of a credential that was encrypted with another key: with one key in 256 it decrypts to something. The last
  # one is for a GitLab that encrypts by Rails' own means.
  UNREADABLE = [
    OpenSSL::Cipher::CipherError, ArgumentError, TypeError,
    *(ActiveRecord::Encryption::Errors::Base if defined?(ActiveRecord::Encryption::Errors::Base))
  ].freeze

  def initialize(desired)
    @revision = desired.fetch("revision")
    @settings = desired.fetch("settings")
    @credentials = desired.fetch("credentials")
    @wanted = desired.fetch("mirrors")
    @counts = Hash.new(0)
    @problems = []
    @settled = []
  end

  # The status, as it is printed.
  def run
    @wanted.each { |wanted| attempt(wanted["project"]) { settle(wanted) } }
    attempt("mirrors that nobody wants") { remove_unwanted }
    wait
    mirrors = @settled.filter_map { |project, mirror,| attempt(project) { describe(project, mirror) } }
    {
      revision: @revision,
      finishedAt: Time.current.utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
      outcome: @problems.empty? ? "succeeded" : "failed",
      counts: counts(mirrors),
      problems: @problems,
      **lags(mirrors),
      mirrors: mirrors,
    }
  end

  private

  # What goes wrong with one mirror is no reason to leave the others as they are. nil if something does.
  def attempt(name)
    yield
  rescue StandardError => error
    problem(name, error.message)
  end

  # A problem of one mirror; nil. With all that it says it is one string, of which hostScript.ts gives each its share.
  def problem(name, text)
    @problems << "#{scrub(name)}: #{scrub(text)}"
    nil
  end

  def settle(wanted)
    credential = @credentials[wanted["target"]]
    raise "the target #{wanted["target"]} has no credential among the parameters" unless credential

    project = Project.find_by_full_path(wanted["project"]) || create(wanted["project"])
    # CodeCommit had no LFS as of 2026-11, announced for 2026: GitLab would log that it could not send the files, and show the mirror as finished.
    project.update!(lfs_enabled: false) unless project.read_attribute(:lfs_enabled) == false
    mirror = existing(project, wanted["url"]) || project.remote_mirrors.new
    values = attributes(credential, project)
    save(mirror, wanted["url"], values)
    return @settled << [wanted["project"], mirror, values] if values[:enabled]

    raise "it has no protected branch, and GitLab would then mirror every one; protect one" unless project.empty_repo?
  end

  # The project's mirror with that URL. One whose credential GitLab cannot decrypt any more, as after a restore without
  # gitlab-secrets.json, can be neither read nor saved: it is made anew.
  def existing(project, url)
    mirror = project.remote_mirrors.detect { |one| one.bare_url == url }
    mirror&.user
    mirror
  rescue *UNREADABLE
    mirror.destroy!
    nil
  end

  # Saved in one go, so that no mirror is ever enabled with another credential than its own.
  def save(mirror, url, values)
    is_new = mirror.new_record?
    return if !is_new && set?(mirror, values)

    mirror.url = url if is_new
    mirror.update!(values)
    @counts[is_new ? :created : :updated] += 1
  end

  def set?(mirror, values)
    # The reader of `enabled` also asks whether GitLab can mirror at all.
    values.all? do |name, value|
      (name == :enabled ? mirror.read_attribute(:enabled) : mirror.public_send(name)) == value
    end
  end

  def attributes(credential, project)
    only_protected = @settings["onlyProtectedBranches"]
    values = {
      user: credential["user"],
      password: credential["password"],
      auth_method: "password",
      # With no protected branch there is, an empty list of them reaches Gitaly, which takes it for all branches
      # (RemoteMirror#options_for_update; newReferenceMatcher in Gitaly's update_remote_mirror.go).
      enabled: !only_protected || project.protected_branches.any?,
      only_protected_branches: only_protected,
      keep_divergent_refs: true,
    }
    # Of the Enterprise Edition: it would leave branches out.
    values[:mirror_branch_regex] = nil if RemoteMirror.column_names.include?("mirror_branch_regex")
    values
  end

  def create(path)
    raise "GitLab has no such project; make it, or set createProjects" unless @settings["createProjects"]

    administrator = User.admins.active.first
    raise "GitLab has no active administrator to make the project as" unless administrator

    parent, _, name = path.rpartition("/")
    group = find_or_create_group(parent, administrator)
    project = Projects::CreateService.new(
      administrator,
      name: name,
      path: name,
      namespace_id: group.id,
      organization_id: group.organization_id,
      visibility_level: Gitlab::VisibilityLevel::PRIVATE,
    ).execute
    raise "GitLab did not make the project: #{project.errors.full_messages.join("; ")}" unless project.persisted?

    project
  end

  # With those that it is in.
  def find_or_create_group(path, administrator)
    existing = Group.find_by_full_path(path)
    return existing if existing

    above, _, name = path.rpartition("/")
    parent = find_or_create_group(above, administrator) unless above.empty?
    response = Groups::CreateService.new(
      administrator,
      name: name,
      path: name,
      parent_id: parent&.id,
      organization_id: parent ? parent.organization_id : Organizations::Organization.first.id,
      visibility_level: Gitlab::VisibilityLevel::PRIVATE,
    ).execute
    group = response.payload[:group]
    raise "GitLab did not make the group #{path}: #{group.errors.full_messages.join("; ")}" unless response.success?

    group
  end

  def remove_unwanted
    # GitLab tells paths apart without regard to case.
    wanted = @wanted.map { |one| [one["project"].downcase, one["url"]] }
    # A user of another form has no owner, as most strangers' have.
    owners = @credentials.values.filter_map { |one| owner(one["user"]) }
    RemoteMirror.find_each do |mirror|
      next unless mirror.project

      path = mirror.project.full_path
      attempt(path) do
        next unless owners.include?(owner(user_of(mirror)))
        next if wanted.include?([path.downcase, mirror.bare_url])

        mirror.destroy!
        @counts[:removed] += 1
      end
    end
  end

  def user_of(mirror)
    mirror.user
  rescue *UNREADABLE
    raise "GitLab cannot decrypt the credential of its mirror to #{mirror.bare_url}, so nobody knows whose that is; remove it"
  end

  # IAM user and account of a git credential: `name-at-123456789012`, and `name+1-at-123456789012` for a second one.
  def owner(user)
    match = /\A(.+?)(?:\+\d+)?-at-(\d{12})\z/.match(user.to_s)
    match && match.captures
  end

  # Starts every mirror, then looks until each run that was started here has ended.
  def wait
    started = Time.current
    @settled.each { |project, mirror,| attempt(project) { mirror.sync } }
    running = @settled.dup
    loop do
      running.select! do |one|
        project, mirror, = one
        ended = attempt(project) { ended?(mirror.reload, started) }
        # One that somebody has removed meanwhile.
        @settled.delete(one) if ended.nil?
        ended == false
      end
      break if running.empty? || Time.current - started > LONGEST_WAIT

      sleep BETWEEN_LOOKS
    end
    running.each do |project, mirror,|
      reason = "its state is #{mirror.update_status}"
      # GitLab takes longer to give up than this waits, so a push that it tries again is all that is heard of a failure.
      reason += ": #{explained(mirror)}" if mirror.last_error
      problem(project, "no result within #{LONGEST_WAIT / 60} minutes (#{reason})")
    end
    (@settled - running).each { |project, mirror, values| attempt(project) { judge(project, mirror, values) } }
  end

  # A run that was under way while the credential changed saves its mirror as it was (`store_credentials`).
  def judge(project, mirror, values)
    if !mirror.enabled? && set?(mirror, values)
      problem(project, "GitLab does not mirror now (Silent Mode, a repository that is missing, or a project that is being " \
                       "deleted)")
    elsif mirror.update_status == "failed"
      problem(project, "GitLab could not push: #{explained(mirror)}")
    elsif !set?(mirror, values)
      problem(project, "its mirror was changed while this ran; the next run puts it back")
    end
  end

  # One that began before may have pushed with another credential; one that is disabled never begins.
  def ended?(mirror, started)
    return true unless mirror.enabled?

    begun = mirror.last_update_started_at
    %w[finished failed].include?(mirror.update_status) && !begun.nil? && begun >= started
  end

  def describe(path, mirror)
    lag = lag(mirror)
    problem(path, "its newest change is #{lag / 60} minutes old and has not arrived") if lag.to_i > LONGEST_LAG
    {
      project: scrub(path),
      url: scrub(mirror.bare_url),
      updateStatus: scrub(mirror.update_status),
      lastSuccessAt: mirror.last_successful_update_at&.utc&.strftime("%Y-%m-%dT%H:%M:%SZ"),
      lagSeconds: lag,
      lastError: mirror.last_error && scrub(mirror.last_error),
    }
  end

  # For how many seconds the project's newest change has been waiting; nil while nothing has arrived, of a mirror that is
  # new or has got another credential (GitLab forgets then when it last succeeded).
  def lag(mirror)
    project = mirror.project
    # GitLab moves the project's own time once in five minutes (Event::REPOSITORY_UPDATED_AT_INTERVAL); an import is not a push.
    pushed = project.events.where(action: :pushed).maximum(:created_at)
    changed = [project.last_repository_updated_at, pushed].compact.max
    return 0 if changed.nil?

    arrived = mirror.last_successful_update_at
    return nil if arrived.nil?

    # What came in during a push was not a part of it.
    arrived = mirror.last_update_started_at if mirror.update_status == "finished"
    arrived >= changed ? 0 : (Time.current - changed).to_i
  end

  # The largest lag, and each by its airlock repository's name, worst first; of those that are known.
  def lags(mirrors)
    known = mirrors.reject { |one| one[:lagSeconds].nil? }
    worst_first = known.map { |one| [one[:url].split("/").last, one[:lagSeconds]] }.sort_by { |name, lag| [-lag, name] }
    # Two targets may have a repository of the same name: the worse one counts.
    { lagSeconds: worst_first.first&.last || 0, lags: worst_first.uniq(&:first).to_h }
  end

  def counts(mirrors)
    {
      desired: @wanted.size,
      created: @counts[:created],
      updated: @counts[:updated],
      removed: @counts[:removed],
      synchronized: mirrors.count { |one| one[:updateStatus] == "finished" },
      lagging: mirrors.count { |one| one[:lagSeconds].to_i > LONGEST_LAG },
    }
  end

  # GitLab's words, behind what they mean where that is known: a long list of names must not push it out of sight.
  def explained(mirror)
    words = scrub(mirror.last_error)
    [meaning(mirror, words), words].compact.join(" GitLab's words: ")
  end

  # Of what stays so in every run until somebody does something about it (docs/operations.md, "When a mirror fails"). A name
  # holds no blank, so nobody can put such words together out of names.
  def meaning(mirror, words)
    case words
    when /object (\h{40,64}) is a (blob|tree), not a commit/
      tag_without_commit(mirror, $1, $2)
    when %r{'refs/(?:heads|tags)/(\S+)' exists; cannot create 'refs/(?:heads|tags)/(\S+)'}
      "the airlock repository still has #{short($1)}, beside which git cannot make #{short($2)}. What is deleted in GitLab " \
      "stays there: delete it with a break-glass role, or give the new one another name."
    when /src refspec (\S+) matches more than one/
      "git cannot tell #{short($1)} from another branch or tag whose name ends with all of that; rename or delete the other one."
    end
  end

  # Gitaly asks of each tag that differs whether the one end contains the other, and ends the whole run where either is no
  # commit: no branch arrives any more (update_remote_mirror.go; IsAncestor in internal/git/localrepo/commit.go).
  def tag_without_commit(mirror, object, type)
    tags = mirror.project.repository.raw_repository.list_refs(["refs/tags/"], peel_tags: true)
    names = tags.filter { |tag| [tag.target, tag.peeled_target].include?(object) }.map { |tag| short(scrub(tag.name)) }.sort
    blocked(names.empty? ? "a tag that was once" : "the tag #{names.first(3).join(" or ")}", object, type)
  rescue StandardError => error
    blocked("a tag (which one, GitLab did not say: #{short(scrub(error.message))})", object, type)
  end

  def blocked(which, object, type)
    "#{which} on the #{type} #{object} is another one in the airlock repository, and as long as it is, nothing arrives. Delete " \
    "the tag in GitLab; git ls-remote --tags shows it at both ends."
  end

  def short(name) = name.length > 100 ? "#{name[0, 99]}…" : name

  # GitLab leaves out credentials as it knows them; this is for those that it does not.
  def scrub(text)
    @secrets ||= @credentials.values.flat_map do |one|
      password = one["password"].to_s
      [password, CGI.escape(password), [one.values_at("user", "password").join(":")].pack("m0")]
    end.reject(&:empty?)
    @secrets.reduce(utf8(text).tr("\r\n", "  ")) { |clean, secret| clean.gsub(secret, "*****") }
  end

  # Whatever its encoding says: else neither the credential could be found in it nor JSON be made of it.
  def utf8(text)
    text = text.to_s.dup
    is_bytes = [Encoding::UTF_8, Encoding::BINARY, Encoding::US_ASCII].include?(text.encoding)
    begin
      text.encode!(Encoding::UTF_8, invalid: :replace, undef: :replace) unless is_bytes
    rescue EncodingError
      # An encoding that Ruby cannot read: taken for bytes.
    end
    text.force_encoding(Encoding::UTF_8).scrub
  end
end

status = Reconciliation.new(JSON.parse($stdin.read.force_encoding(Encoding::UTF_8))).run
# In ASCII, so that it does not matter which encoding the shell, grep and Python take it for.
puts JSON.generate(status, ascii_only: true)
exit(status[:problems].empty? ? 0 : 1)
