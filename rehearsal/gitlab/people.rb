# What the scripts touch of GitLab's users and of its own settings, with the rules that GitLab's source has.
#
# Sources, in gitlabhq/gitlabhq: app/models/user.rb, app/models/key.rb, app/services/users/create_service.rb and
# build_service.rb, app/services/keys/create_service.rb, app/models/application_setting.rb,
# app/models/application_setting_implementation.rb, app/validators/json_schemas/default_branch_protection_defaults.json.

module ActiveModel
  class UnknownAttributeError < StandardError; end
end

# The first one of two administrators is blocked, as root often is.
ADMINISTRATORS = %w[blocked active].map.with_index do |state, i|
  { "username" => "administrator#{i}", "email" => "administrator#{i}@example.com", "admin" => true, "state" => state }
end.freeze

class User
  class Admins < Array
    def active = Admins.new(select(&:active?))
  end

  Key = Struct.new(:title, :key, :errors) do
    def persisted? = errors.empty?

    def dump = { title: title, key: key }
  end

  attr_reader :username, :email, :state, :keys

  def self.admins = Admins.new(World.users.select(&:admin?))

  # GitLab tells user names apart without regard to case.
  def self.find_by_username(name) = World.users.find { |one| one.username.casecmp?(name) }

  def initialize(state)
    @username, @name, @email, @password, @admin = state.values_at("username", "name", "email", "password", "admin")
    @state = state.fetch("state", "active")
    @confirmed = state.fetch("confirmed", true)
    @keys = state.fetch("keys", []).map { |key| Key.new(key["title"], key["key"], []) }
  end

  def active? = state == "active"

  def blocked? = !active?

  def admin? = @admin

  def update!(admin:)
    World.write
    @admin = admin
  end

  def dump
    { username: username, name: @name, email: email, password: @password, admin: admin?, state: state,
      confirmed: @confirmed, keys: keys.map(&:dump) }
  end
end

module Organizations
  Organization = Struct.new(:id) do
    def self.first = new(1)
  end
end

module Users
  class CreateService
    PERMITTED = %i[username name email password password_confirmation admin skip_confirmation organization_id].freeze

    def initialize(user, params)
      raise "Gitlab::Access::AccessDeniedError" unless user.admin? && user.active?
      raise "unknown: #{params.keys - PERMITTED}" unless (params.keys - PERMITTED).empty?

      @params = params
    end

    def execute
      World.write
      message = problem
      return ServiceResponse.new(message, user: nil) if message

      user = User.new(
        **@params.slice(:username, :name, :email, :password, :admin).transform_keys(&:to_s),
        "confirmed" => @params[:skip_confirmation] == true,
      )
      World.users << user
      ServiceResponse.new(nil, user: user)
    end

    private

    def problem
      return "Organization can't be blank" unless @params[:organization_id]
      return "Password is too short (minimum is 8 characters)" if @params[:password].to_s.length < 8
      return "Password confirmation doesn't match Password" if @params[:password] != @params[:password_confirmation]
      return "Email has already been taken" if World.users.any? { |one| one.email.casecmp?(@params[:email]) }

      # Users and groups are namespaces of one kind.
      "Username has already been taken" if Group.find_by_full_path(@params[:username])
    end
  end
end

module Keys
  class CreateService
    def initialize(user, title:, key:)
      @user = user
      @key = User::Key.new(title, key, Errors.new)
    end

    def execute
      World.write
      @key.errors << "Key should be a single line" if @key.key.match?(/[\r\n]/)
      @key.errors << "Fingerprint sha256 has already been taken" if taken?
      @user.keys << @key if @key.persisted?
      @key
    end

    private

    def taken?
      World.users.flat_map(&:keys).any? { |one| one.key.split.first(2) == @key.key.split.first(2) }
    end
  end
end

# GitLab's one row of settings, with those that its version has.
class ApplicationSetting
  PROTECTION = %w[allowed_to_push allowed_to_merge allow_force_push code_owner_approval_required developer_can_initial_push].freeze

  def self.current_without_cache = World.settings

  # What the host's environment says wins over what is set (GITLAB_PRODUCT_USAGE_DATA_ENABLED).
  def initialize(attributes, environment)
    @attributes = attributes
    attributes.each_key do |name|
      define_singleton_method(name) { environment.fetch(name) { @attributes[name] } }
      define_singleton_method("#{name}=") { |value| @attributes[name] = value }
    end
  end

  def update!(changes)
    World.write
    changes = JSON.parse(JSON.generate(changes))
    unknown = changes.keys - @attributes.keys
    raise ActiveModel::UnknownAttributeError, "unknown attribute '#{unknown.first}' for ApplicationSetting." if unknown.any?

    strange = changes.fetch("default_branch_protection_defaults", {}).keys - PROTECTION
    raise ActiveRecord::RecordInvalid, "Validation failed: Default branch protection defaults must be a valid json schema" if strange.any?

    @attributes.merge!(changes)
  end

  def dump = @attributes
end
