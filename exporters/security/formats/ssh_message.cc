#include "exporters/security/formats/ssh_message.h"

#include <algorithm>
#include <array>

namespace picket::security {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// Takes " port 4711" off the end.
bool take_port(std::string_view& text) {
  const std::size_t last = text.find_last_not_of("0123456789");
  if (last == std::string_view::npos || last + 1 == text.size()) return false;
  std::string_view rest = text.substr(0, last + 1);
  if (!take_suffix(rest, " port ")) return false;
  text = rest;
  return true;
}

/// Takes "<before>word" off the end: an address that stands there.
std::string_view take_word(std::string_view& text, std::string_view before) {
  const std::size_t at = text.rfind(before);
  if (at == std::string_view::npos) return {};
  const std::string_view word = text.substr(at + before.size());
  if (word.find(' ') != std::string_view::npos) return {};
  text = text.substr(0, at);
  return word;
}

/// "[invalid user ]name from address[ port 4711]".
void take_ssh_person(std::string_view text, SshMessage& out) {
  take_port(text);
  out.address = take_word(text, " from ");
  for (const std::string_view unknown : {"invalid user ", "illegal user "}) {
    out.is_unknown = out.is_unknown || take_prefix(text, unknown);
  }
  out.account = text;
}

/// The key that was tried stands behind "ssh2: ". One without blanks ("ED25519 SHA256:...") hides nothing; a certificate
/// has a name in it that its owner chose.
bool take_key(std::string_view& text) {
  constexpr std::string_view kKey = " ssh2: ";
  const std::size_t at = text.rfind(kKey);
  if (at == std::string_view::npos) return false;
  const std::string_view key = text.substr(at + kKey.size());
  const bool is_plain = std::ranges::count(key, ' ') == 1 && key.find(':') != std::string_view::npos;
  const bool is_only = text.find(kKey) == at;
  text = text.substr(0, at);
  return is_plain || is_only;
}

/// "password for [invalid user ]name from address port 4711 ssh2[: key]".
SshMessage read_try(SshEvent event, std::string_view text) {
  SshMessage out{.event = event};
  const std::size_t method_end = text.find(" for ");
  if (method_end == std::string_view::npos) return {};
  out.method = text.substr(0, method_end);
  if (out.method.find(' ') != std::string_view::npos) return {};
  text.remove_prefix(method_end + std::string_view(" for ").size());
  const bool is_certain = take_suffix(text, " ssh2") || take_suffix(text, " ssh1") || take_key(text);
  take_ssh_person(text, out);
  // "client user" of host-based logins is the client's word, behind the address.
  if (!is_certain || out.method == "hostbased") out.address = {};
  return out;
}

/// "[authenticating|invalid] user name 192.0.2.1 port 4711".
SshMessage read_closed(std::string_view text) {
  SshMessage out{.event = SshEvent::Closed};
  out.is_unknown = take_prefix(text, "invalid user ");
  const bool is_person = out.is_unknown || take_prefix(text, "authenticating user ");
  if (!is_person || !take_port(text)) return {};
  out.address = take_word(text, " ");
  out.account = text;
  return out;
}

/// "maximum authentication attempts exceeded for [invalid user ]name from address port 4711 ssh2".
SshMessage read_exceeded(std::string_view text) {
  SshMessage out{.event = SshEvent::Limited, .limit = "sshd_max_auth_tries"};
  const bool is_certain = take_suffix(text, " ssh2") || take_suffix(text, " ssh1");
  take_ssh_person(text, out);
  if (!is_certain) out.address = {};
  return out;
}

/// "drop connection #10 from [192.0.2.1]:4711 on [192.0.2.2]:22 past MaxStartups".
SshMessage read_drop(std::string_view text) {
  SshMessage out{.event = SshEvent::Limited, .limit = "sshd_max_startups"};
  if (text.find(" penalty: ") != std::string_view::npos) out.limit = "sshd_penalties";
  const std::size_t open = text.find('['), close = text.find(']');
  if (open < close && close != std::string_view::npos) out.address = text.substr(open + 1, close - open - 1);
  return out;
}

}  // namespace

SshMessage read_ssh_message(std::string_view message) {
  take_suffix(message, " [preauth]");
  take_prefix(message, "error: ");
  if (take_prefix(message, "Accepted ")) return read_try(SshEvent::Accepted, message);
  if (take_prefix(message, "Failed ")) return read_try(SshEvent::Failed, message);
  if (take_prefix(message, "PAM: ")) {
    const std::size_t person = message.find(" for ");
    const bool is_failure =
        message.starts_with("Authentication failure for ") ||
        message.starts_with("User not known to the underlying authentication module for ");
    if (!is_failure) return {};
    SshMessage out{.event = SshEvent::FailedByPam, .method = "keyboard-interactive/pam"};
    take_ssh_person(message.substr(person + std::string_view(" for ").size()), out);
    return out;
  }
  for (const std::string_view ended :
       {"Connection closed by ", "Connection reset by ", "Disconnected from "}) {
    if (take_prefix(message, ended)) return read_closed(message);
  }
  if (take_prefix(message, "maximum authentication attempts exceeded for ")) return read_exceeded(message);
  if (take_prefix(message, "drop connection #")) return read_drop(message);
  return {};
}

}  // namespace picket::security
