#include "authd/http/user_patch.h"

#include <nlohmann/json.hpp>

#include "authd/http/access_refusal.h"
#include "authd/http/json_body.h"
#include "authd/http/problems.h"
#include "authd/http/user_change.h"
#include "authd/names/email_address.h"
#include "authd/names/username.h"
#include "authd/rbac/user_view.h"
#include "base/deliver/sms.h"

namespace picket::authd {
namespace {

using nlohmann::json;

Canonical canonical() {
  return {.username = [](const std::string& typed) -> Result<CanonicalText> {
            const Result<CanonicalName> name = new_username(typed);
            if (!name) return fail(name);
            return CanonicalText{name->raw, name->key};
          },
          .email = [](const std::string& typed) -> Result<CanonicalText> {
            const Result<CanonicalEmail> email = canonical_email(typed);
            if (!email) return fail(email);
            return CanonicalText{email->address, email->key};
          },
          .phone = [](const std::string& typed) -> Result<std::string> {
            if (typed.empty()) return std::string();
            const Result<void> fine = check_phone_number(typed);
            if (!fine) return fail(fine);
            return typed;
          }};
}

/// What the request asks for.
struct Wish {
  UserPatch fields{};
  std::string current_password{};
};

Result<Wish> wish_of(const Request& request) {
  Result<JsonBody> body = JsonBody::of(request);
  if (!body) return fail(body);
  Wish wish{.current_password = body->text("current_password")};
  const json all = body->take_all();
  if (const Result<void> fine = body->finish(); !fine) return fail(fine);
  for (auto member = all.begin(); member != all.end(); ++member) {
    if (member.key() == "current_password") continue;
    if (member->is_boolean()) {
      wish.fields.emplace(member.key(), member->get<bool>());
    } else if (member->is_number_integer()) {
      wish.fields.emplace(member.key(), member->get<std::int64_t>());
    } else if (member->is_string()) {
      wish.fields.emplace(member.key(), member->get<std::string>());
    } else {
      return fail(ErrorKind::InvalidInput, member.key() + " must be text, a whole number, true or false");
    }
  }
  return wish;
}

struct Edit {
  UserChange change;
  User after;
};

Result<Edit> edit_of(const HttpParts& parts, const Visit& visit, const Wish& wish) {
  Result<UserChange> change = change_of(parts, visit, "users:update");
  if (!change) return fail(change);
  Result<User> after = apply_patch(change->subject, wish.fields, visit.actor(), canonical());
  if (!after) return fail(after);
  return Edit{std::move(*change), std::move(*after)};
}

Result<void> confirm(const HttpParts& parts, const Visit& visit, const User& user, const Wish& wish) {
  if (wish.current_password.empty())
    return fail(ErrorKind::Denied, "current_password: another mail address or phone number asks for it");
  return parts.login.confirm_password(user, wish.current_password, visit.login_context(SessionMode::Token));
}

/// A person whose last proof is too old; programs have their scope.
bool is_stale(const HttpParts& parts, const Visit& visit) {
  return caller_of(visit.identity, parts.clock.wall(), visit.config->fresh_for) == CallerKind::Session;
}

}  // namespace

Response patch_user(const HttpParts& parts, Visit& visit) {
  const Result<Wish> wish = wish_of(visit.request);
  if (!wish) return problem_of(wish.error());
  Result<Edit> edit = edit_of(parts, visit, *wish);
  if (!edit) return problem_of(edit.error());
  const bool is_own = edit->change.actor.id == edit->change.subject.id;
  if (!is_own && is_stale(parts, visit)) return refusal_of(RouteVerdict::ProveAgain, {}, visit);
  if (is_own && changes_contact(edit->change.subject, edit->after)) {
    if (const Result<void> his = confirm(parts, visit, edit->change.subject, *wish); !his)
      return problem_of(his.error());
    edit = edit_of(parts, visit, *wish);  // the password may have been hashed anew, which is a change too
    if (!edit) return problem_of(edit.error());
  }
  const Result<User> stored =
      store_change(parts, visit, edit->change, edit->after, {.action = "users.update", .resource = ""});
  if (!stored) return problem_of(stored.error());
  const Result<void> told = parts.contacts.changed(edit->change.subject, *stored, visit.client);
  if (!told) return problem_of(told.error());
  return private_json(200, user_json(*stored, visit.actor()));
}

}  // namespace picket::authd
