#include "authd/http/user_routes.h"

#include <nlohmann/json.hpp>

#include "authd/http/audit_note.h"
#include "authd/http/json_body.h"
#include "authd/http/problems.h"
#include "authd/http/user_change.h"
#include "authd/http/user_patch.h"
#include "authd/names/email_address.h"
#include "authd/names/username.h"
#include "base/deliver/sms.h"
#include "base/json/json.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

using nlohmann::json;
constexpr std::int64_t kPageMax = 1000;

Response show(const HttpParts& parts, Visit& visit) {
  const Result<User> user = subject_of(parts, visit, "users:read");
  if (!user) return problem_of(user.error());
  json object = user_object(*user, visit.actor());
  const picket::authd::Target target{.resource_id = user->id, .owner_id = user->id, .owner_role = user->role};
  if (authorize(visit.actor(), "users:unlock", target)) {
    const auto locks = parts.attempts.locks_of(user->id);
    if (!locks) return problem_of(locks.error());
    object["locked_until"] =
        locks->empty() ? json(nullptr) : json(format_rfc3339(locks->front().locked_until));
  }
  return private_json(200, to_json(object));
}

Result<UserFilter> filter_of(const picket::Target& target) {
  UserFilter filter;
  if (const std::string* role = target.param("role"); role != nullptr) {
    const Result<Role> parsed = parse_role(*role);
    if (!parsed) return fail(parsed);
    filter.role = *parsed;
  }
  if (const std::string* status = target.param("status"); status != nullptr) {
    const Result<Status> parsed = parse_status(*status);
    if (!parsed) return fail(parsed);
    filter.status = *parsed;
  }
  if (const std::string* after = target.param("after"); after != nullptr) filter.after_id = *after;
  if (const std::string* limit = target.param("limit"); limit != nullptr) {
    const Result<std::int64_t> number = parse_int(*limit);
    if (!number || *number < 1 || *number > kPageMax)
      return fail(ErrorKind::InvalidInput, "limit is a number from 1 to 1000");
    filter.limit = static_cast<int>(*number);
  }
  return filter;
}

Response list(const HttpParts& parts, Visit& visit) {
  const Result<void> may = authorize(visit.actor(), "users:list", {.resource_id = "", .owner_id = ""});
  if (!may) return problem_of(may.error());
  const Result<UserFilter> filter = filter_of(visit.request.target);
  if (!filter) return problem_of(filter.error());
  const Result<std::vector<User>> users = parts.accounts.list(*filter);
  if (!users) return problem_of(users.error());
  json rows = json::array();
  for (const User& user : *users) rows.push_back(user_object(user, visit.actor()));
  const bool is_full = users->size() == static_cast<std::size_t>(filter->limit);
  return private_json(
      200, to_json(json{{"users", rows}, {"next", is_full ? json(users->back().id) : json(nullptr)}}));
}

Response invite(const HttpParts& parts, const Visit& visit, const User& actor, const std::string& email,
                Role role) {
  const Result<void> invited =
      parts.recovery.invite(actor, email, role, visit.login_context(SessionMode::Token));
  if (!invited) return problem_of(invited.error());
  return private_json(202, R"({"status":"invited"})");
}

/// As it was asked for.
struct NewUser {
  std::string username{}, email{}, phone{};
  Role role = Role::User;
};

Result<User> new_user(const HttpParts& parts, const NewUser& wanted) {
  const Result<CanonicalName> name = new_username(wanted.username);
  if (!name) return fail(name, "username");
  const Result<CanonicalEmail> mail = canonical_email(wanted.email);
  if (!mail) return fail(mail, "email");
  const Result<void> number = wanted.phone.empty() ? Result<void>() : check_phone_number(wanted.phone);
  if (!number) return fail(number, "phone");
  return User{.id = parts.ids.next(),
              .username = name->raw,
              .username_key = name->key,
              .email = mail->address,
              .email_key = mail->key,
              .email_verified = true,  // whoever may make accounts answers for the address
              .role = wanted.role,
              .phone = wanted.phone,
              .password_hash = "",
              .created_at = parts.clock.wall()};
}

/// An account that waits for its password, which its person sets by the link in his mail.
Response create_account(const HttpParts& parts, Visit& visit, const User& user) {
  const Result<void> created = audited(parts, visit,
                                       {.action = "users.create",
                                        .resource = resource_of(user),
                                        .result = "",
                                        .details = {{"role", to_string(user.role)}}},
                                       parts.accounts.create(user));
  if (!created) return problem_of(created.error());
  const Result<void> sent =
      parts.recovery.send_reset(user.username_key, visit.login_context(SessionMode::Token));
  if (!sent) return problem_of(sent.error());
  json made = user_object(user, visit.actor());
  made["link_mailed"] = parts.recovery.can_mail();
  return private_json(201, to_json(made));
}

/// With a user name: the account, and a link to set its password. Without: an invitation, whose receiver
/// chooses the name as well. There is no field for a password (ASVS 6.4.6).
Response create(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  NewUser wanted{
      .username = body->text("username"), .email = body->required("email"), .phone = body->text("phone")};
  const std::string role_word = body->text("role");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<Role> role = role_word.empty() ? Result<Role>(Role::User) : parse_role(role_word);
  if (!role) return problem_of(role.error());
  const Result<std::optional<User>> actor = parts.accounts.find(visit.who().user_id);
  if (!actor) return problem_of(actor.error());
  if (!*actor || !may_grant((*actor)->role, *role)) return forbidden("You may not grant that role.");
  if (wanted.username.empty()) return invite(parts, visit, **actor, wanted.email, *role);
  wanted.role = *role;
  const Result<User> user = new_user(parts, wanted);
  return user ? create_account(parts, visit, *user) : problem_of(user.error());
}

Response set_status(const HttpParts& parts, Visit& visit, std::string_view permission, Status status) {
  const Result<UserChange> change = change_of(parts, visit, permission);
  if (!change) return problem_of(change.error());
  User after = change->subject;
  after.status = status;
  const std::string_view action = status == Status::Active ? "users.activate" : "users.suspend";
  return answer_change(parts, visit, *change, after, {.action = action, .resource = ""});
}

Response suspend(const HttpParts& parts, Visit& visit) {
  return set_status(parts, visit, "users:suspend", Status::Suspended);
}

Response activate(const HttpParts& parts, Visit& visit) {
  return set_status(parts, visit, "users:activate", Status::Active);
}

Response set_role(const HttpParts& parts, Visit& visit) {
  Result<JsonBody> body = JsonBody::of(visit.request);
  if (!body) return problem_of(body.error());
  const std::string word = body->required("role");
  if (const Result<void> fine = body->finish(); !fine) return problem_of(fine.error());
  const Result<Role> role = parse_role(word);
  if (!role) return problem_of(role.error());
  const Result<UserChange> change = change_of(parts, visit, "users:role");
  if (!change) return problem_of(change.error());
  User after = change->subject;
  after.role = *role;
  return answer_change(parts, visit, *change, after,
                       {.action = "users.role", .resource = "", .result = "", .details = {{"role", word}}});
}

Response unlock(const HttpParts& parts, Visit& visit) {
  const Result<UserChange> change = change_of(parts, visit, "users:unlock");
  if (!change) return problem_of(change.error());
  const Result<std::int64_t> cleared =
      audited(parts, visit, {.action = "users.unlock", .resource = resource_of(change->subject)},
              parts.attempts.unlock(change->subject.id));
  if (!cleared) return problem_of(cleared.error());
  // The limits of tries follow here at once, elsewhere within a second.
  if (const Result<void> followed = parts.guards.exchange(); !followed) return problem_of(followed.error());
  return private_json(200, to_json(json{{"cleared", *cleared}}));
}

Response reset_factors(const HttpParts& parts, Visit& visit) {
  const Result<UserChange> change = change_of(parts, visit, "factors:reset");
  if (!change) return problem_of(change.error());
  if (change->subject.id == visit.who().user_id)
    return forbidden("Your own factors are taken away by /api/v1/auth/2fa/disable.");
  const Result<void> reset = parts.enrolment.reset(change->subject, visit.who().user_id, visit.client);
  if (!reset) return problem_of(reset.error());
  parts.ended.note_epoch(change->subject.id, change->subject.epoch + 1);
  return {.status = 204};
}

Response password_link(const HttpParts& parts, Visit& visit) {
  const Result<UserChange> change = change_of(parts, visit, "users:reset_password");
  if (!change) return problem_of(change.error());
  if (!parts.recovery.can_mail()) return Response::problem(409, "Conflict", "No mail server is set up here.");
  const Result<void> sent = audited(
      parts, visit, {.action = "users.password_link", .resource = resource_of(change->subject)},
      parts.recovery.send_reset(change->subject.username_key, visit.login_context(SessionMode::Token)));
  if (!sent) return problem_of(sent.error());
  return private_json(202, R"({"status":"sent"})");
}

Response remove(const HttpParts& parts, Visit& visit) {
  const Result<UserChange> change = change_of(parts, visit, "users:delete");
  if (!change) return problem_of(change.error());
  const Result<void> removed = parts.accounts.remove(change->subject.id);
  if (removed) parts.ended.note_epoch(change->subject.id, change->subject.epoch + 1);
  const Result<void> noted =
      audited(parts, visit, {.action = "users.delete", .resource = resource_of(change->subject)}, removed);
  if (!noted) return problem_of(noted.error());
  return {.status = 204};
}

/// What is done to one account, beyond changing its fields.
void add_acts(RouteTable& routes, const std::string& one) {
  routes.post(one + "/suspend", for_fresh_session_or_program("users:suspend"), suspend,
              {.name = "user_suspend",
               .summary = "Shut an account; its sessions end",
               .tag = "Users",
               .response_schema = "User"});
  routes.post(
      one + "/activate", for_fresh_session_or_program("users:activate"), activate,
      {.name = "user_activate", .summary = "Open it again", .tag = "Users", .response_schema = "User"});
  routes.post(one + "/role", for_fresh_session_or_program("users:role"), set_role,
              {.name = "user_role",
               .summary = "Give another role; its sessions end",
               .tag = "Users",
               .request_schema = "RoleChange",
               .response_schema = "User"});
  routes.post(one + "/unlock", for_session_or_program("users:unlock"), unlock,
              {.name = "user_unlock",
               .summary = "Forget the failed logins",
               .tag = "Users",
               .response_schema = "Unlocked"});
  routes.post(one + "/reset-2fa", for_fresh_session_or_program("factors:reset"), reset_factors,
              {.name = "user_reset_factors",
               .summary = "Take away all second factors; its sessions end",
               .tag = "Users"});
  routes.post(one + "/password-link", for_session_or_program("users:reset_password"), password_link,
              {.name = "user_password_link",
               .summary = "Mail a link to set a new password",
               .tag = "Users",
               .response_schema = "Sent"});
}

}  // namespace

void add_user_routes(RouteTable& routes) {
  const std::string one = "/api/v1/users/{id}";
  routes.get("/api/v1/users", for_session_or_program("users:list"), list,
             {.name = "users", .summary = "Accounts, by id", .tag = "Users", .response_schema = "Users"});
  routes.post(
      "/api/v1/users", for_fresh_session_or_program("users:create"), create,
      {.name = "user_create",
       .summary = "Make an account, or invite somebody to make one; the password is set by a mailed link",
       .tag = "Users",
       .request_schema = "NewUser",
       .response_schema = "UserCreated"});
  routes.get(one, for_session_or_program("users:read"), show,
             {.name = "user",
              .summary = "One account, as far as you may see it",
              .tag = "Users",
              .response_schema = "User"});
  routes.patch(one, for_session_or_program("users:update"), patch_user,
               {.name = "user_update",
                .summary = "Change fields of an account",
                .tag = "Users",
                .request_schema = "UserChanges",
                .response_schema = "User"});
  routes.del(one, for_fresh_session_or_program("users:delete"), remove,
             {.name = "user_delete", .summary = "Delete an account", .tag = "Users"});
  add_acts(routes, one);
}

}  // namespace picket::authd
