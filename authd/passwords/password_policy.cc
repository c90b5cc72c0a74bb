#include "authd/passwords/password_policy.h"

#include <algorithm>
#include <optional>

#include "authd/names/email_address.h"
#include "authd/passwords/folding.h"
#include "authd/passwords/guessability.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kLengthFloor = 8;
constexpr std::size_t kLengthCeiling = 128;
/// Three words of a list of thousands: fewer guesses than a code of six letters.
constexpr std::size_t kGuessableParts = 3;
/// Shorter names ("Al") occur in too many words to forbid them everywhere.
constexpr std::size_t kNameLength = 4;

struct Folded {
  std::string plain;
  std::string leet;
};

Folded folded(std::string_view text) {
  return {fold_plain(text), fold_leet(text)};
}

/// Contains the name; or is contained in it; or is little else than a short name.
bool is_built_from(std::string_view password, std::string_view name) {
  if (name.empty()) return false;
  if (password.size() >= kNameLength && name.find(password) != std::string_view::npos) return true;
  if (password.find(name) == std::string_view::npos) return false;
  return name.size() >= kNameLength || replace_all(password, name, "").size() < kLengthFloor;
}

bool resembles(const Folded& password, std::string_view name) {
  const Folded other = folded(name);
  return is_built_from(password.plain, other.plain) || is_built_from(password.leet, other.leet);
}

bool is_like_mail(const Folded& password, std::string_view email) {
  return !email.empty() && (resembles(password, mail_local_part(email)) || resembles(password, email));
}

}  // namespace

Result<void> validate(const PasswordPolicyConfig& config) {
  const std::size_t shortest = std::min(config.length_min, config.length_min_with_second_factor);
  const std::size_t longest = std::max(config.length_min, config.length_min_with_second_factor);
  if (shortest < kLengthFloor || longest > kLengthCeiling) {
    return fail(ErrorKind::InvalidInput, fmt::format("shortest password must be from {} to {} characters",
                                                     kLengthFloor, kLengthCeiling));
  }
  return {};
}

void read_yaml(MapReader& r, PasswordPolicyConfig& config) {
  r.read("length_min", config.length_min);
  r.read("length_min_with_second_factor", config.length_min_with_second_factor);
  r.read("service_names", config.service_names);
  if (const auto fine = validate(config); !fine) r.problem("length_min", fine.error().message);
  std::string& file = config.frequent_passwords_file;
  if (!r.read("frequent_passwords_file", file) || file.empty()) return;
  file = resolve_beside(r.context().problems.file(), file);
  if (!r.context().files.exists(file)) r.problem("frequent_passwords_file", "there is no file " + file);
}

std::string_view to_string(PasswordFault fault) {
  switch (fault) {
    case PasswordFault::TooShort:
      return "too_short";
    case PasswordFault::Common:
      return "common";
    case PasswordFault::Guessable:
      return "guessable";
    case PasswordFault::LikeUsername:
      return "like_username";
    case PasswordFault::LikeEmail:
      return "like_email";
    case PasswordFault::Unchanged:
      return "unchanged";
    case PasswordFault::LikeServiceName:
      break;
  }
  return "like_service_name";
}

PasswordPolicy::PasswordPolicy(PasswordPolicyConfig config, FrequentPasswords common)
    : config_(std::move(config)), common_(std::move(common)) {
  check(validate(config_).has_value(), "a password policy must be validated");
}

std::size_t PasswordPolicy::length_min(const PasswordOwner& owner) const {
  return owner.has_second_factor ? config_.length_min_with_second_factor : config_.length_min;
}

std::vector<PasswordObjection> PasswordPolicy::judge(const OpaqueString& password,
                                                     const PasswordOwner& owner) const {
  std::vector<PasswordObjection> objections;
  const auto object = [&](PasswordFault fault, std::string text) {
    objections.push_back({fault, std::move(text)});
  };
  const Folded folds = folded(password.reveal());
  const auto parts = [&](const std::string& text) { return count_parts(text, common_, kGuessableParts); };
  if (password.length() < length_min(owner))
    object(PasswordFault::TooShort, fmt::format("Use at least {} characters.", length_min(owner)));
  if (common_.contains(folds.plain) || common_.contains(folds.leet)) {
    object(PasswordFault::Common, "This is one of the passwords that are tried first.");
  } else if (std::min(parts(folds.plain), parts(folds.leet)) <= kGuessableParts) {
    object(PasswordFault::Guessable, "This is a few common words, numbers or rows of keys: easily guessed.");
  }
  if (resembles(folds, owner.username))
    object(PasswordFault::LikeUsername, "Do not build it from the user name.");
  if (is_like_mail(folds, owner.email))
    object(PasswordFault::LikeEmail, "Do not build it from the mail address.");
  const auto like = [&](const std::string& name) { return resembles(folds, name); };
  if (std::ranges::any_of(config_.service_names, like))
    object(PasswordFault::LikeServiceName, "Do not build it from the name of this service.");
  return objections;
}

}  // namespace picket::authd
