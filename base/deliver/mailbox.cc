#include "base/deliver/mailbox.h"

#include <algorithm>

#include "base/deliver/idna.h"
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

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The domain in A-labels; a name in ASCII stays as it is.
Result<std::string> with_ascii_domain(const std::string& address) {
  const std::size_t domain = address.find('@') + 1;
  if (is_ascii(std::string_view(address).substr(domain))) return address;
  const Result<std::string> labels = to_a_labels(std::string_view(address).substr(domain));
  if (!labels) return fail(labels);
  return address.substr(0, domain) + *labels;
}

void add_mailbox(std::string_view text, std::vector<std::string>& mailboxes) {
  const std::string_view trimmed = trim(text);
  if (!trimmed.empty()) mailboxes.emplace_back(trimmed);
}

/// Within which a comma separates nothing: a quoted string, an address in angle brackets.
class MailboxSyntax {
 public:
  bool is_closed() const { return !quoted_ && !bracketed_; }
  /// How many bytes were taken from the front of `rest`: two where one escapes the other.
  std::size_t take(std::string_view rest) {
    const char c = rest.front();
    if (c == '"') quoted_ = !quoted_;
    if (!quoted_ && (c == '<' || c == '>')) bracketed_ = c == '<';
    return quoted_ && c == '\\' && rest.size() > 1 ? 2 : 1;
  }

 private:
  bool quoted_ = false, bracketed_ = false;
};

}  // namespace

bool Mailbox::needs_smtputf8() const {
  return !is_ascii(address);
}

std::vector<std::string> split_mailboxes(std::string_view list) {
  std::vector<std::string> mailboxes;
  std::size_t begin = 0;
  MailboxSyntax syntax;
  for (std::size_t at = 0; at < list.size(); at += syntax.take(list.substr(at))) {
    if (list[at] != ',' || !syntax.is_closed()) continue;
    add_mailbox(list.substr(begin, at - begin), mailboxes);
    begin = at + 1;
  }
  if (syntax.is_closed()) {
    add_mailbox(list.substr(begin), mailboxes);
    return mailboxes;
  }
  // What is never closed must not take the others with it.
  mailboxes.clear();
  for (const std::string_view part : split(list, ',')) add_mailbox(part, mailboxes);
  return mailboxes;
}

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
  auto checked = check_address(mailbox.address);
  if (!checked) return fail(checked);
  Result<std::string> address = with_ascii_domain(mailbox.address);
  if (!address) return fail(address);
  mailbox.address = std::move(*address);
  checked = check_address(mailbox.address);  // A-labels are longer
  if (!checked) return fail(checked);
  return mailbox;
}

}  // namespace picket
