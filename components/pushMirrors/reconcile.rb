# Sets GitLab's push mirrors as the desired state on standard input says, starts each, waits for what becomes of it, and
# prints one line: the status as JSON, without secrets. Run by `gitlab-rails runner`; ends with 1 where there are problems.
#
# A mirror is ours if its user is a credential of an IAM user who pushes for us, or if the run before set it: so do those of
# a target go that was taken off the list. Ours that nobody wants are removed; all others are never touched. A second run
# changes nothing.
#
# Whatever goes wrong, the status is printed. What GitLab, Gitaly, git or CodeCommit say may hold anything that a developer
# can write into a name: it is made UTF-8, loses the credential, and stands in one sentence of its own mirror.
#
# A change is delivered when the airlock repository has it, and not when GitLab says so: each run lists the target's
# references, with the credential that GitLab is to push with, and compares them with the project's.
#
# What it relies on in GitLab: app/models/remote_mirror.rb (setting the URL resets the credential; a changed credential
# clears the state of the last run; every run that ends, well or badly, sets last_update_at; a run soon after another one
# waits up to five minutes; the names of protected branches go to Gitaly as they are),
# app/models/concerns/mirror_authentication.rb (the virtual fields of a credential), app/services/projects/create_service.rb,
# app/services/groups/create_service.rb, lib/gitlab/popen.rb, and lib/gitlab/git/repository.rb (list_refs, ancestor?).

require "cgi"
require "json"
require "time"

# In seconds. A run may have to wait for five minutes before it starts.
LONGEST_WAIT = 15 * 60
LONGEST_LAG = 60 * 60
BETWEEN_LOOKS = 5
# For all targets together, and for one. GitLab's host asks a few at a time, as it pushes a few at a time.
LONGEST_LISTING = 5 * 60
LONGEST_ANSWER = 30
AT_ONCE = 8
TRIES = 2

# The git that comes with GitLab, and how Gitaly lists a mirror's references (update_remote_mirror.go).
# https://docs.gitlab.com/administration/repository_checks/
LIST = [
  "timeout", "-k", "5", LONGEST_ANSWER.to_s, "/opt/gitlab/embedded/bin/git", "ls-remote", "--refs"
].freeze
REFERENCES = ["refs/heads/*", "refs/tags/*"].freeze

class Reconciliation
  # What comes of a credential that was encrypted with another key: with one key in 256 it decrypts to something. The last
  # one is for a GitLab that encrypts by Rails' own means.
  UNREADABLE = [
    OpenSSL::Cipher::CipherError, ArgumentError, TypeError,
    *(ActiveRecord::Encryption::Errors::Base if defined?(ActiveRecord::Encryption::Errors::Base))
  ].freeze

  # The record is the status of the run before; it says since when a mirror is behind.
  def initialize(desired, record)
    @revision = desired.fetch("revision")
    @settings = desired.fetch("settings")
    @credentials = desired.fetch("credentials")
    @wanted = desired.fetch("mirrors")
    @counts = Hash.new(0)
    @problems = []
    @settled = []
    @tips = {}
    @claimed = []
    @deliveries = {}
    @record = mirrors_of(record)
  end

  # The status, as it is printed.
  def run
    @wanted.each { |wanted| attempt(wanted["project"]) { settle(wanted) } }
    attempt("mirrors that nobody wants") { remove_unwanted }
    wait
    compare
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

  # By project and URL; none of a record that cannot be read.
  def mirrors_of(record)
    JSON.parse(record.to_s).fetch("mirrors").to_h { |one| [one.values_at("project", "url"), one] }
  rescue StandardError
    {}
  end

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
    set_before = @record.keys.map { |path, url| [path.downcase, url] }
    # A user of another form has no owner, as most strangers' have.
    owners = @credentials.values.filter_map { |one| owner(one["user"]) }
    RemoteMirror.find_each do |mirror|
      next unless mirror.project

      path = mirror.project.full_path
      attempt(path) do
        place = [path.downcase, mirror.bare_url]
        next unless set_before.include?(place.map { |word| scrub(word) }) || owners.include?(owner(user_of(mirror)))
        next if wanted.include?(place)

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
    @started = started = Time.current
    @settled.each do |project, mirror,|
      # What is to arrive. Whatever is pushed from now on may arrive, too.
      @tips[mirror.id] = tips(mirror)
      attempt(project) { mirror.sync }
    end
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
    (@settled - running).each do |project, mirror, values|
      @claimed << mirror.id if attempt(project) { judge(project, mirror, values) }
    end
  end

  # Whether GitLab says that all has arrived. A run that was under way while the credential changed saves its mirror as it
  # was (`store_credentials`).
  def judge(project, mirror, values)
    if !mirror.enabled? && set?(mirror, values)
      problem(project, "GitLab does not mirror now (Silent Mode, a repository that is missing, or a project that is being " \
                       "deleted)")
    elsif mirror.update_status == "failed"
      problem(project, "GitLab could not push: #{explained(mirror)}")
    elsif !set?(mirror, values)
      problem(project, "its mirror was changed while this ran; the next run puts it back")
    else
      true
    end
  end

  # One that began before may have pushed with another credential; one that is disabled never begins.
  def ended?(mirror, started)
    return true unless mirror.enabled?

    begun = mirror.last_update_started_at
    %w[finished failed].include?(mirror.update_status) && !begun.nil? && begun >= started
  end

  # What GitLab claims and the target does not bear out is a problem at once; where GitLab itself says that it failed, that
  # is known already.
  def compare
    answers = ask_targets
    @settled.each do |project, mirror,|
      attempt(project) do
        delivery = @deliveries[mirror.id] = delivery(mirror, answers[mirror.id])
        next unless @claimed.include?(mirror.id)

        case delivery[:state]
        when "behind"
          problem(project, "GitLab says that it has pushed, and the airlock repository lacks #{named(delivery[:lacking])}")
        when "unknown"
          problem(project, "nobody knows whether it has arrived: #{delivery[:reason]}")
        end
      end
    end
  end

  # Equal, behind, or unknown. References that exist in the target alone stay there (keep_divergent_refs), and are counted.
  def delivery(mirror, answer)
    before = @tips[mirror.id]
    now = tips(mirror)
    reason = [answer, before, now].grep(String).first
    return { state: "unknown", reason: reason, lacking: [], extra: nil } if reason

    lacking = before.reject { |name, tip| !now.key?(name) || arrived?(mirror, tip, now[name], answer[name]) }.keys
    { state: lacking.empty? ? "equal" : "behind", lacking: lacking, extra: (answer.keys - now.keys).size }
  end

  # Between the beginning and now the branch may have moved on, and the push have taken it somewhere in between.
  def arrived?(mirror, before, now, there)
    return true if [before, now].include?(there)

    !there.nil? && mirror.project.repository.raw_repository.ancestor?(before, there)
  rescue StandardError
    # An object that the project does not have, which somebody else put there.
    false
  end

  # The project's references that are to be mirrored, by name; why not, where GitLab does not tell. Names are bytes.
  def tips(mirror)
    references = mirror.project.repository.raw_repository.list_refs(["refs/heads/", "refs/tags/"])
    is_mirrored = mirrored(mirror)
    references.to_h { |one| [one.name.b, one.target] }.select { |name,| is_mirrored.match?(name) }
  rescue StandardError => error
    "GitLab did not list its own branches and tags: #{error.message}"
  end

  # As Gitaly chooses them (newReferenceMatcher in update_remote_mirror.go): every tag, and the branches that some name of a
  # protected branch matches.
  def mirrored(mirror)
    names = @settings["onlyProtectedBranches"] ? mirror.project.protected_branches.map { |one| one.name.b } : ["*"]
    branches = names.map { |name| Regexp.escape(name).gsub("\\*", ".*") }.join("|")
    Regexp.new("\\Arefs/(?:tags/.+|heads/(?:#{branches}))\\z".b, Regexp::NOENCODING)
  end

  # By mirror, the target's references; why not, where it does not tell.
  def ask_targets
    queue = Queue.new
    @settled.each { |_, mirror, values| queue << [mirror.id, mirror.bare_url, values] }
    queue.close
    started = Time.current
    answers = {}
    threads = Array.new(AT_ONCE) do
      Thread.new do
        while (id, url, values = queue.pop)
          is_late = Time.current - started > LONGEST_LISTING
          answers[id] = is_late ? "the targets took too long to list their references" : ask(url, values)
        end
      end
    end
    threads.each(&:join)
    answers
  end

  def ask(url, values)
    reason = ""
    TRIES.times do
      listed = Gitlab::Popen.popen_with_detail([*LIST, url, *REFERENCES], nil, variables(url, values))
      return references(listed.stdout.b) if listed.status&.success?

      reason = listed.status&.exitstatus == 124 ? "no answer within #{LONGEST_ANSWER} seconds" : listed.stderr.to_s.strip
    end
    "the airlock repository did not list its references: #{reason}"
  rescue StandardError => error
    "the airlock repository's references could not be listed: #{error.message}"
  end

  # The credential is in the environment of this one git, as Gitaly hands it over to its own: only user git and root can read
  # that, who can read GitLab's database and its key as well. No command line, file or log has it.
  def variables(url, values)
    basic = [values.values_at(:user, :password).join(":")].pack("m0")
    settings = [
      ["http.followRedirects", "false"],
      ["credential.helper", ""],
      ["http.#{url}.extraHeader", "Authorization: Basic #{basic}"]
    ]
    numbered = settings.each_with_index.flat_map do |(key, value), i|
      [["GIT_CONFIG_KEY_#{i}", key], ["GIT_CONFIG_VALUE_#{i}", value]]
    end
    fixed = [["GIT_CONFIG_GLOBAL", "/dev/null"], ["GIT_TERMINAL_PROMPT", "0"], ["GIT_CONFIG_COUNT", settings.size.to_s]]
    [*fixed, *numbered].to_h
  end

  def references(listed)
    listed.lines(chomp: true).to_h do |line|
      match = %r{\A(\h{40,64})\t(refs/.+)\z}n.match(line)
      raise "it answered with something else than references" unless match

      [match[2], match[1]]
    end
  end

  def describe(path, mirror)
    delivery = @deliveries.fetch(mirror.id) { { state: "unknown", lacking: [], extra: nil } }
    known = @record.fetch([scrub(path), scrub(mirror.bare_url)], {})
    since = delivery[:state] == "equal" ? nil : since(mirror, known)
    lag = since ? [(Time.current - since).to_i, 0].max : 0
    too_late(path, lag, delivery) if lag > LONGEST_LAG
    {
      project: scrub(path),
      url: scrub(mirror.bare_url),
      updateStatus: scrub(mirror.update_status),
      delivery: delivery[:state],
      lacking: delivery[:lacking].size,
      extra: delivery[:extra],
      deliveredAt: stamp(since ? time(known["deliveredAt"]) : @started),
      behindSince: stamp(since),
      lastSuccessAt: stamp(mirror.last_successful_update_at),
      lagSeconds: lag,
      lastError: mirror.last_error && scrub(mirror.last_error),
    }
  end

  def too_late(path, lag, delivery)
    lacking = "the airlock repository has lacked #{named(delivery[:lacking])}"
    lacking = "nobody has known whether all has arrived" if delivery[:state] == "unknown"
    problem(path, "for #{lag / 60} minutes #{lacking}")
  end

  # Since when the target has not been known to hold what the project holds. The first push after the
  # two were last seen equal is the oldest one that is missing; where no event tells of one, as of an import, it is from
  # then on. What was found once stays, until they are equal. Without a record it is as GitLab last knew.
  def since(mirror, known)
    begun = time(known["behindSince"])
    return begun if begun

    equal = time(known["deliveredAt"]) || mirror.last_successful_update_at || mirror.created_at
    mirror.project.events.where(action: :pushed).where(created_at: equal..).minimum(:created_at) || equal
  end

  def stamp(time) = time&.utc&.strftime("%Y-%m-%dT%H:%M:%SZ")

  def time(text)
    Time.iso8601(text.to_s)
  rescue ArgumentError
    nil
  end

  def named(references)
    shown = references.first(3).map { |name| short(scrub(name)) }.join(", ")
    references.size > 3 ? "#{shown} and #{references.size - 3} more" : shown
  end

  # The largest lag, and each by its airlock repository's name, worst first.
  def lags(mirrors)
    worst_first = mirrors.map { |one| [one[:url].split("/").last, one[:lagSeconds]] }.sort_by { |name, lag| [-lag, name] }
    # Two targets may have a repository of the same name: the worse one counts.
    { lagSeconds: worst_first.first&.last || 0, lags: worst_first.uniq(&:first).to_h }
  end

  def counts(mirrors)
    {
      desired: @wanted.size,
      created: @counts[:created],
      updated: @counts[:updated],
      removed: @counts[:removed],
      synchronized: mirrors.count { |one| one[:delivery] == "equal" },
      unknown: mirrors.count { |one| one[:delivery] == "unknown" },
      lagging: mirrors.count { |one| one[:lagSeconds] > LONGEST_LAG },
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

# The second line is the status of the run before, if there was one.
desired, record = $stdin.read.force_encoding(Encoding::UTF_8).split("\n", 2)
status = Reconciliation.new(JSON.parse(desired), record).run
# In ASCII, so that it does not matter which encoding the shell, grep and Python take it for.
puts JSON.generate(status, ascii_only: true)
exit(status[:problems].empty? ? 0 : 1)
