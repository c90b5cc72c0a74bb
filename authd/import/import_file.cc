#include "authd/import/import_file.h"

#include <algorithm>

#include "authd/import/raw_user.h"
#include "authd/names/email_address.h"
#include "authd/names/username.h"
#include "authd/passwords/password_hash.h"
#include "base/deliver/sms.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kNameShownMax = 64;

/// What stands before every problem with a user.
std::string shown(const RawUser& raw) {
  return raw.username.empty() ? "" : fmt::format("{}: ", truncate(repair_utf8(raw.username), kNameShownMax));
}

}  // namespace

void UserCheck::take(const RawUser& raw) {
  auto user = check_user(raw);
  if (!user) return problem(raw.line, shown(raw) + user.error().message);
  if (const auto unique = check_unique(*user, raw.line); !unique) {
    return problem(raw.line, shown(raw) + unique.error().message);
  }
  file_.users.push_back({raw.line, std::move(*user)});
}

Result<User> UserCheck::check_user(const RawUser& raw) {
  const auto username = new_username(raw.username);
  if (!username) return fail(username, "username");
  const auto email = canonical_email(raw.email);
  if (!email) return fail(email, "email");
  const auto role = parse_role(raw.role.empty() ? "user" : raw.role);
  if (!role) return fail(role, "role");
  if (*role == Role::Owner) {
    return fail(ErrorKind::Denied, "role: owners are made by `authctl user create` alone");
  }
  const auto status = parse_status(raw.status.empty() ? "active" : raw.status);
  if (!status) return fail(status, "status");
  if (!raw.phone.empty()) {
    if (const auto phone = check_phone_number(raw.phone); !phone) return fail(phone, "phone");
  }
  if (!raw.password_hash.empty()) {
    if (const auto hash = PasswordHash::parse(raw.password_hash); !hash) return fail(hash, "password_hash");
  }
  User user;
  user.username = username->raw;
  user.username_key = username->key;
  user.email = email->address;
  user.email_key = email->key;
  user.role = *role;
  user.status = *status;
  user.phone = raw.phone;
  user.password_hash = raw.password_hash;
  return user;
}

Result<void> UserCheck::check_unique(const User& user, int line) {
  for (const std::string& key : {user.username_key, user.email_key}) {
    const auto [there, is_new] = lines_.emplace(key, line);
    if (is_new) continue;
    return fail(ErrorKind::Conflict, fmt::format("\"{}\" is in line {} already", key, there->second));
  }
  return {};
}

Result<ImportFormat> parse_import_format(std::string_view text) {
  if (text == "authelia") return ImportFormat::Authelia;
  if (text == "csv") return ImportFormat::Csv;
  if (text == "json") return ImportFormat::Json;
  return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is no format: authelia, csv and json are", text));
}

ImportFile read_import_file(ImportFormat format, std::string_view text, const GroupRoles& group_roles) {
  ImportFile file;
  UserCheck users(file);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  switch (format) {
    case ImportFormat::Authelia:
      read_authelia(text, group_roles, users);
      break;
    case ImportFormat::Csv:
      read_csv(text, users);
      break;
    case ImportFormat::Json:
      read_json(text, users);
      break;
  }
  if (file.users.empty() && file.problems.empty()) users.problem(0, "holds no user");
  std::ranges::stable_sort(file.problems, {}, &ImportProblem::line);
  return file;
}

}  // namespace picket::authd
