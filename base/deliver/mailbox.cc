#include "base/deliver/mailbox.h"

#include <algorithm>

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket {
namespace {

Failure bad(std::string_view why) {
  return fail(ErrorKind::InvalidInput, std::string(why));
}

std::string unquote(std::string_view name) {
  if (name.size() < 2 || !name.starts_with('"') || !name.ends_with('"')) return std::string(name);
  std::string out;
  const std::string_view inner = name.substr(1, name.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\' && i + 1 < inner.size()) ++i;
    out += inner[i];
  }
  return out;
}

Result<void> check_address(std::string_view address) {
  constexpr std::size_t kAddressMax = 254;  // RFC 5321 4.5.3.1.3, less the angle brackets
  constexpr std::size_t kLocalMax = 64;
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos) return bad("an address needs an \"@\"");
  if (at == 0 || at + 1 == address.size() || address.find('@', at + 1) != std::string_view::npos) {
    return bad("an address is local@domain");
  }
  if (address.find_first_of(" ()<>,;:\\\"[]") != std::string_view::npos) {
    return bad("an address has a character that it must not have");
  }
  if (address.size() > kAddressMax || at > kLocalMax) return bad("an address is too long");
  return {};
}

}  // namespace

Result<Mailbox> parse_mailbox(std::string_view text) {
  if (std::ranges::any_of(text, is_control))
    return bad("an address must not have line breaks or control characters");
  if (!is_valid_utf8(text)) return bad("an address is not UTF-8");
  Mailbox mailbox;
  const std::string_view trimmed = trim(text);
  const std::size_t open = trimmed.rfind('<');
  if (open == std::string_view::npos) {
    mailbox.address = trimmed;
  } else {
    if (!trimmed.ends_with('>')) return bad("an address has no closing \">\"");
    mailbox.name = unquote(trim(trimmed.substr(0, open)));
    mailbox.address = trim(trimmed.substr(open + 1, trimmed.size() - open - 2));
  }
  const auto checked = check_address(mailbox.address);
  if (!checked) return fail(checked);
  return mailbox;
}

}  // namespace picket
