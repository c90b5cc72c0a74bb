#include "authd/ctl/store_desk.h"

#include "authd/names/email_address.h"
#include "authd/names/username.h"
#include "authd/passwords/password_hash.h"
#include "authd/tokens/opaque_token.h"
#include "base/deliver/sms.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr int kStoreListPage = 500;
constexpr int kSessionsMax = 10'000;
constexpr Duration kLinkLifetime = std::chrono::hours(24);

std::string time_text(WallTime time) {
  return time == WallTime{} ? "" : format_rfc3339(time);
}

AccountRow row_of(const User& user) {
  return {user.id,
          user.username,
          user.email,
          user.phone,
          std::string(to_string(user.role)),
          std::string(to_string(user.status)),
          user.has_second_factor,
          time_text(user.created_at),
          time_text(user.last_login_at),
          ""};
}

Result<AccountRow> row_of(const Result<User>& user) {
  if (!user) return fail(user);
  return row_of(*user);
}

std::string resource_of(const User& user) {
  return "user:" + user.id;
}

Result<Role> role_of(const std::string& word) {
  auto role = parse_role(word);
  if (role) return role;
  return fail(ErrorKind::InvalidInput,
              fmt::format("\"{}\" is no role: guest, user, manager, admin and owner are", word));
}

Result<Status> status_of(const std::string& word) {
  auto status = parse_status(word);
  if (status) return status;
  return fail(ErrorKind::InvalidInput,
              fmt::format("\"{}\" is no status: active, suspended and locked are", word));
}

Result<UserFilter> filter_of(const AccountFilter& wanted) {
  UserFilter filter;
  filter.limit = kStoreListPage;
  if (!wanted.role.empty()) {
    const auto role = role_of(wanted.role);
    if (!role) return fail(role);
    filter.role = *role;
  }
  if (!wanted.status.empty()) {
    const auto status = status_of(wanted.status);
    if (!status) return fail(status);
    filter.status = *status;
  }
  return filter;
}

std::string action_of(AccountAction action) {
  switch (action) {
    case AccountAction::Suspend:
      return "users.suspend";
    case AccountAction::Activate:
      return "users.activate";
    case AccountAction::Unlock:
      return "users.unlock";
    case AccountAction::ResetSecondFactors:
      break;
  }
  return "users.reset_2fa";
}

}  // namespace

Result<User> StoreDesk::draft(const NewAccount& account) {
  const auto username = new_username(account.username);
  if (!username) return fail(username, "--username");
  const auto email = canonical_email(account.email);
  if (!email) return fail(email, "--email");
  const auto role = role_of(account.role);
  if (!role) return fail(role, "--role");
  if (!account.phone.empty()) {
    if (const auto fine = check_phone_number(account.phone); !fine) return fail(fine, "--phone");
  }
  User user;
  user.id = place_->ids().next();
  user.username = username->raw;
  user.username_key = username->key;
  user.email = email->address;
  user.email_verified = true;  // the operator answers for it
  user.email_key = email->key;
  user.role = *role;
  user.phone = account.phone;
  user.created_at = place_->clock().wall();
  return user;
}

Result<std::string> StoreDesk::hash(const Secret& password, const User& owner) {
  const auto prepared = OpaqueString::prepare(password.reveal());
  if (!prepared) return fail(prepared, "the password");
  const LoginConfig& config = place_->config().login;
  auto words = config.passwords.frequent_passwords_file.empty()
                   ? Result<FrequentPasswords>(FrequentPasswords::built_in())
                   : FrequentPasswords::with_file(place_->files(), config.passwords.frequent_passwords_file);
  if (!words) return fail(words);
  const PasswordPolicy policy(config.passwords, std::move(*words));
  std::string objections;
  for (const PasswordObjection& objection :
       policy.judge(*prepared, {owner.username_key, owner.email, owner.has_second_factor})) {
    objections += " " + objection.text;
  }
  if (!objections.empty()) return fail(ErrorKind::InvalidInput, "this password cannot be set:" + objections);
  const auto made = PasswordHash::make(*prepared, config.hashing, place_->random());
  if (!made) return fail(made);
  return made->text();
}

Result<void> StoreDesk::check_more_owners(bool force) {
  const auto owners = place_->stores().accounts().count_owners();
  if (!owners) return fail(owners);
  if (*owners == 0 || force) return {};
  return fail(
      ErrorKind::Denied,
      "there is an owner already, who can give the role to others; --force makes one more all the same");
}

Result<void> StoreDesk::put(const User& user, bool force) {
  AccountStore& accounts = place_->stores().accounts();
  if (user.role != Role::Owner || force) return accounts.create(user);
  const auto first = accounts.create_first_owner(user);
  if (!first) return fail(first);
  return *first ? Result<void>() : check_more_owners(false);
}

Result<AccountRow> StoreDesk::create(const NewAccount& account) {
  auto user = draft(account);
  if (!user) return fail(user);
  if (account.password) {
    auto made = hash(*account.password, *user);
    if (!made) return fail(made);
    user->password_hash = std::move(*made);
    user->password_changed_at = user->created_at;
  }
  const CtlDeed deed{
      "users.create", resource_of(*user), {{"username", user->username}, {"role", account.role}}};
  const auto stored = place_->audited(deed, put(*user, account.force));
  if (!stored) return fail(stored);
  return row_of(*user);
}

Result<std::vector<AccountRow>> StoreDesk::list(const AccountFilter& wanted) {
  auto filter = filter_of(wanted);
  if (!filter) return fail(filter);
  std::vector<AccountRow> rows;
  while (true) {
    const auto page = place_->stores().accounts().list(*filter);
    if (!page) return fail(page);
    for (const User& user : *page) rows.push_back(row_of(user));
    if (page->size() < kStoreListPage) return rows;
    filter->after_id = page->back().id;
  }
}

Result<AccountRow> StoreDesk::show(const std::string& name) {
  auto row = row_of(place_->find_user(name));
  if (!row) return row;
  const auto locks = place_->stores().failures().locks_of(row->id, place_->clock().wall());
  if (!locks) return fail(locks);
  if (!locks->empty()) row->locked_until = time_text(locks->front().locked_until);
  return row;
}

Result<User> StoreDesk::set_status(User user, Status status) {
  user.status = status;
  return place_->stores().accounts().update(user);
}

Result<User> StoreDesk::unlock(User user) {
  const auto cleared = place_->stores().failures().unlock(user.id, place_->clock().wall());
  if (!cleared) return fail(cleared);
  if (user.status != Status::Locked) return user;
  return set_status(std::move(user), Status::Active);
}

Result<User> StoreDesk::reset_second_factors(const User& user) {
  const auto removed = place_->stores().factors().remove_all(user.id);
  if (!removed) return fail(removed);
  return place_->find_user(user.id);
}

Result<User> StoreDesk::apply(const User& user, AccountAction action) {
  switch (action) {
    case AccountAction::Suspend:
      return set_status(user, Status::Suspended);
    case AccountAction::Activate:
      return set_status(user, Status::Active);
    case AccountAction::Unlock:
      return unlock(user);
    case AccountAction::ResetSecondFactors:
      break;
  }
  return reset_second_factors(user);
}

Result<AccountRow> StoreDesk::act(const std::string& name, AccountAction action) {
  const auto user = place_->find_user(name);
  if (!user) return fail(user);
  return row_of(place_->audited({action_of(action), resource_of(*user), {}}, apply(*user, action)));
}

Result<AccountRow> StoreDesk::set_role(const std::string& name, const std::string& role, bool force) {
  auto user = place_->find_user(name);
  if (!user) return fail(user);
  const auto wanted = role_of(role);
  if (!wanted) return fail(wanted);
  const CtlDeed deed{
      "users.role", resource_of(*user), {{"from", std::string(to_string(user->role))}, {"to", role}}};
  if (*wanted == Role::Owner && user->role != Role::Owner) {
    if (const auto may = check_more_owners(force); !may) return fail(place_->audited(deed, may));
  }
  user->role = *wanted;
  return row_of(place_->audited(deed, place_->stores().accounts().update(*user)));
}

Result<void> StoreDesk::remove(const std::string& name) {
  const auto user = place_->find_user(name);
  if (!user) return fail(user);
  return place_->audited({"users.delete", resource_of(*user), {{"username", user->username}}},
                         place_->stores().accounts().remove(user->id));
}

Result<PasswordLink> StoreDesk::make_link(const User& user) {
  const WallTime now = place_->clock().wall();
  const Secret token = make_opaque_token(place_->random(), "pln_");
  Link link;
  link.hash = opaque_token_hash(token.reveal());
  link.kind = LinkKind::PasswordReset;
  link.user_id = user.id;
  link.email = user.email;
  link.created_at = now;
  link.expires_at = now + kLinkLifetime;
  const auto old = place_->stores().links().revoke_all(user.id, LinkKind::PasswordReset, now);
  if (!old) return fail(old);
  const auto added = place_->stores().links().add(link);
  if (!added) return fail(added);
  const AuthdConfig& config = place_->config();
  return PasswordLink{.link = Secret(fmt::format("{}{}?token={}", config.public_url,
                                                 config.login.links.reset_path, token.reveal()))};
}

Result<PasswordLink> StoreDesk::password_link(const std::string& name) {
  const auto user = place_->find_user(name);
  if (!user) return fail(user);
  return place_->audited({"users.password_link", resource_of(*user), {}}, make_link(*user));
}

Result<std::vector<SessionRow>> StoreDesk::sessions(const std::string& name) {
  std::string user_id;
  if (!name.empty()) {
    const auto user = place_->find_user(name);
    if (!user) return fail(user);
    user_id = user->id;
  }
  const auto live = place_->stores().sessions().list_live(user_id, place_->clock().wall(), kSessionsMax);
  if (!live) return fail(live);
  std::vector<SessionRow> rows;
  for (const Session& session : *live) {
    rows.push_back({session.id, session.user_id, session.ip, session.user_agent,
                    time_text(session.created_at), time_text(session.last_seen_at)});
  }
  return rows;
}

Result<void> StoreDesk::end_session(const std::string& id) {
  const auto ended = place_->audited(
      {"sessions.end", "session:" + id, {}},
      place_->stores().sessions().revoke(id, {.reason = "admin", .now = place_->clock().wall()}));
  if (!ended) return fail(ended);
  if (*ended) return {};
  return fail(ErrorKind::NotFound,
              fmt::format("no session \"{}\" lives: `authctl sessions list` shows all", id));
}

}  // namespace picket::authd
