#include "exporters/security/formats/pam_message.h"

#include <algorithm>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/security/formats/client_of.h"

namespace picket::security {
namespace {

constexpr std::int64_t kTriesMax = 1000;

std::uint32_t tries_in(std::string_view number) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(parse_int(number).value_or(1), 1, kTriesMax));
}

/// "pam_unix(vsftpd:auth): text" -> "vsftpd", "text".
std::string_view take_service(std::string_view& message) {
  const std::size_t open = message.find('('), close = message.find("): ");
  if (close == std::string_view::npos || open > close) return {};
  const std::string_view service = message.substr(open + 1, close - open - 1);
  message.remove_prefix(close + 3);
  return service.substr(0, service.find(':'));
}

/// "...; logname= uid=0 euid=0 tty=ssh ruser=name rhost=192.0.2.1  user=name": a client may have chosen `ruser`, so
/// that the last rhost is the right one; `user` is an account that there is.
void take_pam_person(std::string_view text, LogRecord& out) {
  constexpr std::string_view kHost = " rhost=", kUser = " user=";
  const std::size_t host = text.rfind(kHost);
  if (host == std::string_view::npos) return;
  const std::string_view rest = text.substr(host + kHost.size());
  out.client = parse_client(rest.substr(0, rest.find(' ')));
  const std::size_t user = rest.find(kUser);
  if (user != std::string_view::npos) out.account = trim(rest.substr(user + kUser.size()));
}

void set_failure(std::string_view text, std::uint32_t count, LogRecord& out) {
  out.kind = RecordKind::Login;
  out.method_of_login = LoginMethod::Password;
  take_pam_person(text, out);
  out.failure = out.account.empty() ? LoginFailure::UnknownAccount : LoginFailure::BadPassword;
  out.count = std::min<std::uint32_t>(out.count * count, 100'000);
}

/// "Consecutive login failures for user name account temporarily locked".
void take_lock(std::string_view message, LogRecord& out) {
  constexpr std::string_view kBefore = "Consecutive login failures for user ",
                             kAfter = " account temporarily locked";
  if (!message.starts_with(kBefore) || !message.ends_with(kAfter)) return;
  message.remove_prefix(kBefore.size());
  out.kind = RecordKind::Account;
  out.action = kLockAction;
  out.outcome = "success";
  out.reason = "account";
  out.account = message.substr(0, message.size() - kAfter.size());
}

}  // namespace

void take_sudo(std::string_view message, LogRecord& out) {
  constexpr std::string_view kAfterName = " : ";
  message = trim(message);
  const std::size_t name_end = message.find(kAfterName);
  if (name_end == std::string_view::npos) return;
  const std::string_view name = message.substr(0, name_end);
  const std::string_view what = message.substr(name_end + kAfterName.size());
  const std::size_t number_end = what.find(' ');
  const bool is_wrong = number_end != std::string_view::npos && what[0] >= '1' && what[0] <= '9' &&
                        what.substr(number_end).starts_with(" incorrect password attempt");
  if (!is_wrong && !what.starts_with("user NOT in sudoers") && !what.starts_with("command not allowed"))
    return;
  out.kind = RecordKind::Login;
  out.method_of_login = LoginMethod::Password;
  out.account = name;
  out.failure = is_wrong ? LoginFailure::BadPassword : LoginFailure::Policy;
  if (is_wrong) out.count = tries_in(what.substr(0, number_end));
}

void take_pam(std::string_view program, std::string_view message, LogRecord& out) {
  constexpr std::string_view kMore = " more authentication failure";
  const bool is_library = message.starts_with("PAM ");
  std::string_view service = program;
  if (is_library) {
    message.remove_prefix(4);
  } else {
    if (!message.starts_with("pam_")) return;
    const bool is_lock = message.starts_with("pam_faillock(");
    service = take_service(message);
    if (is_lock) return take_lock(message, out);
  }
  if (service.empty() || service.starts_with("sshd") || service.starts_with("sudo")) return;
  if (!is_library && message.starts_with("authentication failure;")) return set_failure(message, 1, out);
  const std::size_t blank = message.find(' ');
  if (is_library && blank != std::string_view::npos && message.substr(blank).starts_with(kMore))
    set_failure(message, tries_in(message.substr(0, blank)), out);
}

}  // namespace picket::security
