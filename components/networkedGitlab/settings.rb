# Keeps GitLab's own settings as this file has them, and makes the first administrator where one is wanted. Prints one line:
# the status as JSON, without secrets. Run by `gitlab-rails runner`; ends with 1 where there are problems.
#
# A second run changes nothing. What is changed by hand is put back, but for what is a person's own: passwords are never set
# again, and no user, key or project is ever removed.
#
# The desired state comes on standard input as data: nothing of it is ever a part of a program.
#
# What it relies on in GitLab: app/models/application_setting.rb and application_setting_implementation.rb (the settings by
# name, some of them columns and some inside of one), app/models/concerns/cacheable_attributes.rb (saving empties the cache),
# app/services/users/create_service.rb, app/services/keys/create_service.rb.

require "json"

class Settings
  # Of Gitlab::Access::MAINTAINER.
  MAINTAINERS = [{ "access_level" => 40 }].freeze

  # One that a GitLab does not have cannot be wrong there.
  WANTED = {
    # Accounts are made by administrators, or by what signs people in instead (LDAP, SAML).
    signup_enabled: false,
    # What would be told to GitLab Inc.: https://docs.gitlab.com/administration/settings/usage_statistics/
    usage_ping_enabled: false,
    include_optional_metrics_in_service_ping: false,
    gitlab_product_usage_data_enabled: false,
    snowplow_enabled: false,
    version_check_enabled: false,
    # "Fully protected": https://docs.gitlab.com/api/groups/#options-for-default_branch_protection_defaults
    default_branch_protection_defaults: {
      "allowed_to_push" => MAINTAINERS,
      "allowed_to_merge" => MAINTAINERS,
      "allow_force_push" => false,
      "developer_can_initial_push" => false,
    },
  }.freeze

  def initialize(desired)
    @revision = desired.fetch("revision")
    @administrator = desired.fetch("settings")["administrator"]
    @password = desired.fetch("credentials").dig("administrator", "password")
    @counts = { settings: 0, administrators: 0, keys: 0 }
    @problems = []
  end

  # The status, as it is printed.
  def run
    attempt("settings") { keep_settings }
    attempt("administrator") { keep_administrator } if @administrator
    {
      revision: @revision,
      finishedAt: Time.current.utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
      outcome: @problems.empty? ? "succeeded" : "failed",
      counts: @counts,
      problems: @problems,
    }
  end

  private

  # What goes wrong with one thing is no reason to leave the others as they are.
  def attempt(name)
    yield
  rescue StandardError => error
    @problems << "#{name}: #{scrub(error.message)}"
  end

  def keep_settings
    settings = ApplicationSetting.current_without_cache
    raise "GitLab has not made its settings yet; the next run sees them" unless settings

    changes = differing(settings)
    return if changes.empty?

    settings.update!(changes)
    @counts[:settings] = changes.size
    kept = differing(settings).keys
    raise "GitLab does not take #{kept.join(", ")}: something else decides there, perhaps a variable of its environment" if kept.any?
  end

  # What is wanted otherwise than it is.
  def differing(settings)
    WANTED.select do |name, value|
      settings.respond_to?(:"#{name}=") && !set?(settings.public_send(name), value)
    end
  end

  # Of several values under one name, those that are not named here may be as they like.
  def set?(current, wanted)
    return current == wanted unless wanted.is_a?(Hash)

    current.is_a?(Hash) && wanted.all? { |name, value| current[name] == value }
  end

  def keep_administrator
    user = User.find_by_username(@administrator["username"]) || create
    # Whoever signs up first chooses his name. The address is one that only this person gives.
    unless user.email.casecmp?(@administrator["email"])
      raise "the user #{user.username} has another e-mail address, and nobody is made an administrator by name alone; " \
            "correct gitlab.administrator, or have another user name"
    end
    # Somebody has blocked, banned or not approved them, which is more than a setting.
    raise "the user #{user.username} is not active (#{user.state}); unblock them, or take gitlab.administrator out" unless user.active?

    unless user.admin?
      user.update!(admin: true)
      @counts[:administrators] += 1
    end
    keep_key(user) if @administrator["sshKey"]
  end

  def create
    response = Users::CreateService.new(
      maker,
      username: @administrator["username"],
      name: @administrator["name"],
      email: @administrator["email"],
      password: @password,
      password_confirmation: @password,
      admin: true,
      # The host sends no mail, which else would have to be answered.
      skip_confirmation: true,
      organization_id: Organizations::Organization.first.id,
    ).execute
    raise "GitLab did not make the user: #{response.message}" unless response.success?

    @counts[:administrators] += 1
    response.payload.fetch(:user)
  end

  def maker
    User.admins.active.first || raise("GitLab has no active administrator to make the user as")
  end

  def keep_key(user)
    wanted = @administrator["sshKey"]
    return if user.keys.any? { |one| one.key.split.first(2).join(" ") == wanted }

    key = Keys::CreateService.new(user, title: "git-airlock", key: wanted).execute
    raise "GitLab did not take the ssh key: #{key.errors.full_messages.join("; ")}" unless key.persisted?

    @counts[:keys] += 1
  end

  # What GitLab says, as one line of text that holds no password.
  def scrub(text)
    clean = text.to_s.dup.force_encoding(Encoding::UTF_8).scrub.tr("\r\n", "  ")
    @password ? clean.gsub(@password, "*****") : clean
  end
end

status = Settings.new(JSON.parse($stdin.read.force_encoding(Encoding::UTF_8))).run
# In ASCII, so that it does not matter which encoding the shell, grep and Python take it for.
puts JSON.generate(status, ascii_only: true)
exit(status[:problems].empty? ? 0 : 1)
