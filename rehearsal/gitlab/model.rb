# What the reconcile script touches of GitLab, with the rules that GitLab's source has. Its state comes in and goes out as
# JSON, and what becomes of a push is said from outside.
#
# Sources, in gitlabhq/gitlabhq: app/models/remote_mirror.rb, app/models/project.rb, lib/gitlab/url_sanitizer.rb,
# app/models/event.rb, app/models/concerns/mirror_authentication.rb, app/services/projects/create_service.rb; that a project has a URL once, whoever its user is, and ten enabled mirrors:
# doc/user/project/repository/mirror/push.md.

require "json"
require "stringio"
require "time"
require "uri"

module ActiveRecord
  class RecordInvalid < StandardError; end
  class RecordNotFound < StandardError; end
  class RecordNotDestroyed < StandardError; end

  module Encryption
    module Errors
      class Base < StandardError; end
      class Decryption < Base; end
    end
  end
end

module OpenSSL
  module Cipher
    class CipherError < StandardError; end
  end
end

module Gitlab
  module VisibilityLevel
    PRIVATE = 0
  end
end

# What the script does in threads is done at once: this Ruby has none.
class Thread
  def self.new(*args) = Ended.new(yield(*args))

  Ended = Struct.new(:value) do
    def join = self
  end
end

module Gitlab
  # lib/gitlab/popen.rb. What is run is run outside of this Ruby.
  module Popen
    Result = Struct.new(:cmd, :stdout, :stderr, :status, :duration)
    Status = Struct.new(:exitstatus) do
      def success? = exitstatus.zero?
    end

    def self.popen_with_detail(cmd, _path = nil, vars = {})
      answer = World.ask({ command: cmd, variables: vars, times: World.count(cmd) }) || { "code" => 0 }
      stdout, stderr = answer.values_at("stdout", "stderr").map { |text| text.to_s.unpack1("m") }
      World.elapse(answer["seconds"] || 0)
      Result.new(cmd, stdout, stderr, Status.new(answer["code"]), answer["seconds"])
    end
  end
end

# Pushes that were started have not ended. No StandardError: nothing that the script rescues.
class PushesArePending < Exception; end

# The script is killed, between one write to the database and the next.
class Killed < Exception; end

module World
  class << self
    attr_reader :now, :projects, :groups, :users, :settings, :pending, :silent

    def load(state)
      @now = Time.parse(state.fetch("now"))
      @groups = state.fetch("groups").map { |path| Group.new(path) }
      @users = state.fetch("users", ADMINISTRATORS).map { |user| User.new(user) }
      @settings = state["settings"] && ApplicationSetting.new(state["settings"], state.fetch("settingsOfEnvironment", {}))
      @outcomes = state.fetch("outcomes")
      @next_id = state.fetch("nextId")
      @pending = []
      @writes_left = state["writesLeft"]
      @silent = state["silentMode"]
      @answers = state.fetch("answers").to_h { |one| one.values_at("question", "answer") }
      @asked = []
      @asks = false
      @counts = Hash.new(0)
      @references = state.fetch("references")
      @projects = state.fetch("projects").map { |project| Project.new(project) }
    end

    def dump
      { now: now.utc.iso8601, groups: groups.map(&:full_path), nextId: @next_id, projects: projects.map(&:dump),
        pending: pending.map(&:id), asked: @asked, users: users.map(&:dump),
        **(settings ? { settings: settings.dump } : {}) }
    end

    def next_id
      (@next_id += 1) - 1
    end

    # Called at the beginning of every write.
    def write
      raise Killed if @writes_left&.zero?

      @writes_left -= 1 if @writes_left
    end

    # What only the world outside can answer; nil, until it has.
    def ask(question)
      @asks = true
      key = JSON.generate(question)
      @asked << key unless @answers.key?(key) || @asked.include?(key)
      @answers[key]
    end

    # How often a command has been run, with this time.
    def count(command) = @counts[command] += 1

    # A project's references: those of the beginning, and since the targets were asked, those of now.
    def references(path)
      lists = @references.fetch(path, [])
      (@asks ? lists.last : lists.first) || []
    end

    def elapse(seconds)
      @now += seconds
    end

    def pass(seconds)
      raise PushesArePending unless pending.empty?

      elapse(seconds)
    end

    # What GitLab's worker does, once it is known how the push ended.
    def push(mirror)
      outcome = @outcomes[mirror.id.to_s]
      mirror.started(now)
      outcome ? mirror.ended(outcome, now) : pending << mirror
    end
  end
end

# What validation has found.
class Errors < Array
  alias full_messages to_a
end

class ServiceResponse
  attr_reader :message, :payload

  def initialize(message, **payload)
    @message = message
    @payload = payload
  end

  def success? = message.nil?
end

def sleep(seconds)
  World.pass(seconds)
end

class Time
  def self.current = World.now
end

class Group
  attr_reader :full_path

  def self.find_by_full_path(path) = World.groups.find { |one| one.full_path.casecmp?(path) }

  attr_reader :errors

  def initialize(path)
    @full_path = path
    @errors = Errors.new
  end

  def id = full_path

  def organization_id = 1
end

ProtectedBranch = Struct.new(:name)

class Project
  attr_reader :full_path, :remote_mirrors, :lfs_enabled, :protected_branches, :events

  # GitLab tells paths apart without regard to case.
  def self.find_by_full_path(path)
    World.projects.find { |one| one.full_path.casecmp?(path) }&.tap { |found| raise found.unfindable if found.unfindable }
  end

  def initialize(state)
    @unfindable = state["unfindable"]&.unpack1("m")
    @tags = []
    @full_path = state.fetch("path")
    @lfs_enabled = state["lfsEnabled"]
    pushed = state["lastPushAt"]
    @events = Events.new(pushed && Time.parse(pushed))
    @protected_branches = state.fetch("protectedBranches").map { |name| ProtectedBranch.new(name) }
    @empty = state.fetch("isEmpty")
    @remote_mirrors = RemoteMirrors.new(self, state.fetch("mirrors"))
  end

  # The bytes of what a look-up of it raises.
  attr_reader :unfindable

  # Its tags, as Gitaly lists them.
  attr_accessor :tags

  def repository = Repository.new(full_path, tags)

  def empty_repo? = @empty

  def read_attribute(name) = public_send(name)

  def update!(lfs_enabled:)
    World.write
    @lfs_enabled = lfs_enabled
  end

  def persisted? = true

  def dump
    { path: full_path, lfsEnabled: lfs_enabled, lastPushAt: events.minimum(:created_at)&.utc&.iso8601,
      protectedBranches: protected_branches.map(&:name), isEmpty: empty_repo?, mirrors: remote_mirrors.map(&:dump) }
  end
end

# Gitlab::Git::Repository#list_refs, whose names are bytes.
class Repository
  Reference = Struct.new(:name, :target, :peeled_target)

  def initialize(path, tags)
    @path = path
    @tags = tags
  end

  def raw_repository = self

  def list_refs(patterns, peel_tags: false)
    # Tags alone are peeled, and all of it is not.
    raise "no such list" unless patterns == (peel_tags ? ["refs/tags/"] : ["refs/heads/", "refs/tags/"])

    listed = peel_tags ? @tags : World.references(@path)
    raise listed if listed.is_a?(String)

    listed.map { |one| Reference.new(one["name"].b, one["target"], one["peeledTarget"]) }
  end

  # CommitIsAncestor of an object that is not there is an error.
  def ancestor?(from, to)
    answer = World.ask({ project: @path, ancestor: from, of: to })
    raise "CommitIsAncestor: not a valid commit name" if answer == "unknown"

    answer == "yes"
  end
end

# Pushes, of which one is known.
class Events
  def initialize(pushed_at) = @pushed_at = pushed_at

  def where(action: :pushed, created_at: nil)
    raise "no such action" unless action == :pushed

    created_at.nil? || created_at.cover?(@pushed_at) ? self : Events.new(nil)
  end

  def minimum(_created_at) = @pushed_at
end

module Groups
  # Answers with the group, whether it could be made or not.
  class CreateService
    def initialize(user, name:, path:, parent_id:, organization_id:, visibility_level:)
      raise "GitLab makes a group for an organization" unless organization_id
      raise "a blocked user makes no group" if user.blocked?
      raise "not private" unless visibility_level == Gitlab::VisibilityLevel::PRIVATE

      @group = Group.new([parent_id, path].compact.join("/"))
    end

    def execute
      World.write
      # Users and groups are namespaces of one kind.
      taken = User.find_by_username(@group.full_path)
      @group.errors << "Path has already been taken" if taken
      return ServiceResponse.new("Group has errors", group: @group) if taken

      World.groups << @group
      ServiceResponse.new(nil, group: @group)
    end
  end
end

module Projects
  class CreateService
    def initialize(user, name:, path:, namespace_id:, organization_id:, visibility_level:)
      raise "GitLab makes a project for an organization" unless organization_id
      raise "a blocked user makes no project" if user.blocked?
      raise "not private" unless visibility_level == Gitlab::VisibilityLevel::PRIVATE

      @state = { "path" => "#{namespace_id}/#{path}", "lfsEnabled" => nil, "protectedBranches" => [], "isEmpty" => true,
                 "mirrors" => [] }
    end

    def execute
      World.write
      Project.new(@state).tap { |project| World.projects << project }
    end
  end
end

class RemoteMirrors
  include Enumerable

  def initialize(project, states)
    @project = project
    @mirrors = states.map { |state| RemoteMirror.new(project, state) }
  end

  def each(&) = @mirrors.each(&)

  def new = RemoteMirror.new(@project, nil)

  def add(mirror) = @mirrors << mirror

  def remove(mirror) = @mirrors.delete(mirror)
end

class RemoteMirror
  ATTRIBUTES = {
    "url" => nil, "user" => nil, "password" => nil, "auth_method" => "password", "enabled" => true,
    "only_protected_branches" => false, "keep_divergent_refs" => false, "mirror_branch_regex" => nil, "update_status" => "none",
    "last_error" => nil, "created_at" => nil, "last_update_at" => nil, "last_update_started_at" => nil,
    "last_successful_update_at" => nil
  }.freeze
  UNDECRYPTABLE = { "OpenSSL" => OpenSSL::Cipher::CipherError, "Rails" => ActiveRecord::Encryption::Errors::Decryption }.freeze
  TIMES = ATTRIBUTES.keys.grep(/_at$/)

  attr_reader :id, :project

  (ATTRIBUTES.keys - %w[url enabled]).each { |name| define_method(name) { @attributes[name] } }

  # The credential is encrypted with a key of gitlab-secrets.json.
  %w[user password].each do |name|
    define_method(name) { @attributes["undecryptable"] ? raise(UNDECRYPTABLE.fetch(@attributes["undecryptable"])) : @attributes[name] }
  end

  def self.column_names = ATTRIBUTES.keys

  def self.find_each(&) = World.projects.flat_map { |project| project.remote_mirrors.to_a }.each(&)

  def initialize(project, state)
    @project = project
    @id = state && state.fetch("id")
    @attributes = ATTRIBUTES.to_h { |name, default| [name, state ? state[name] : default] }
    @attributes["undecryptable"] = state["undecryptable"] if state && state["undecryptable"]
    TIMES.each { |name| @attributes[name] &&= Time.parse(@attributes[name]) }
  end

  def new_record? = id.nil?

  def read_attribute(name) = @attributes.fetch(name.to_s)

  def enabled? = read_attribute(:enabled) && !World.silent
  alias enabled enabled?

  def bare_url = @attributes["url"]

  # A URL brings its own credentials, none among them. A password with a slash in it makes another URL of it.
  def url=(value)
    uri = URI.parse(value)
    @attributes["user"] = uri.user
    @attributes["password"] = uri.password
    uri.userinfo = nil
    @attributes["url"] = uri.to_s
  end

  def update!(changes)
    user
    World.write
    before = @attributes.values_at("url", "user", "password")
    was = @attributes.dup
    changes.each { |name, value| @attributes[name.to_s] = value }
    problem = self.problem
    if problem
      @attributes = was
      raise ActiveRecord::RecordInvalid, "Validation failed: #{problem}"
    end
    if new_record?
      @id = World.next_id
      @attributes["created_at"] = World.now
      project.remote_mirrors.add(self)
    elsif before != @attributes.values_at("url", "user", "password")
      @attributes.merge!("last_error" => nil, "last_update_at" => nil, "last_successful_update_at" => nil,
        "update_status" => "finished")
    end
  end

  def update_in_progress? = update_status == "started"

  def destroy!
    World.write
    project.remote_mirrors.remove(self)
  end

  def reload
    raise ActiveRecord::RecordNotFound, "Couldn't find RemoteMirror with 'id'=#{id}" unless project.remote_mirrors.include?(self)

    self
  end

  def sync
    World.push(self) if enabled?
  end

  def started(now)
    @attributes.merge!("update_status" => "started", "last_update_started_at" => now)
  end

  # A push that is tried again has not ended.
  def ended(outcome, now)
    status, error = outcome.values_at("status", "error")
    error = outcome["errorBytes"].unpack1("m") if outcome["errorBytes"]
    project.tags = outcome["tags"] || []
    @attributes.merge!("update_status" => status, "last_error" => error)
    @attributes["last_update_at"] = now unless status == "to_retry"
    @attributes["last_successful_update_at"] = now if status == "finished"
    (outcome["meanwhile"] || {}).each do |name, value|
      @attributes[name] = TIMES.include?(name) && value ? Time.parse(value) : value
    end
    destroy! if outcome["removed"]
  end

  # Bytes that are not UTF-8 make no JSON.
  def dump
    @attributes["last_error"] &&= @attributes["last_error"].dup.force_encoding("UTF-8").scrub
    times = TIMES.to_h { |name| [name, @attributes[name]&.utc&.iso8601] }
    { id: id }.merge(@attributes, times)
  end

  private

  def problem
    others = project.remote_mirrors.reject { |one| one.equal?(self) }
    return "Url can't be blank" if bare_url.nil?
    return "Url is blocked: Only allowed schemes are http, https, ssh, git" unless bare_url.match?(%r{\Ahttps://})
    return "Url is blocked: Username needs to start with an alphanumeric character" unless user.to_s.match?(/\A\p{Alnum}/)
    return "Url has already been taken" if others.any? { |one| one.bare_url == bare_url }
    return "Project can have at most 10 enabled push mirrors" if enabled? && others.count(&:enabled?) >= 10

    nil
  end
end

# Runs a script as `gitlab-rails runner` does, and tells what it printed, how it ended, and what GitLab looks like now.
def run_script(script, given)
  state, input = JSON.parse(given).values_at("state", "input")
  World.load(state)
  $stdin = StringIO.new(input)
  $stdout = StringIO.new
  ended = begin
    # In a module of its own, its constants are new each time.
    Module.new.module_eval(script, "reconcile.rb")
    0
  rescue SystemExit => error
    error.status
  rescue PushesArePending, Killed
    nil
  end
  JSON.generate({ ended: ended, output: $stdout.string, state: World.dump })
end
