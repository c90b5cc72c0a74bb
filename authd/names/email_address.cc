#include "authd/names/email_address.h"

#include <algorithm>

#include "authd/names/unicode.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kLocalMax = 64;     // RFC 5321 4.5.3.1.1
constexpr std::size_t kDomainMax = 253;   // RFC 1035 2.3.4, as text
constexpr std::size_t kAddressMax = 254;  // RFC 3696, erratum 1690
constexpr std::size_t kTypedMax = 1024;   // an IDN is longer in UTF-8 than in punycode

Failure refuse_address(std::string_view reason) {
  return fail(ErrorKind::InvalidInput, fmt::format("mail address {}", reason));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// atext of RFC 5322 3.2.3.
bool is_atom_letter(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
  return letter || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
  return std::ranges::all_of(split(text, '.'), [](std::string_view atom) {
    return !atom.empty() && std::ranges::all_of(atom, is_atom_letter);
  });
}

/// 127.0.0.1 without its brackets.
bool ends_in_number(std::string_view domain) {
  const std::string_view last = split(domain, '.').back();
  return std::ranges::all_of(last, is_digit);
}

Result<std::string> canonical_domain(std::string_view typed) {
  auto domain = domain_to_ascii(typed);
  if (!domain) return refuse_address("has a part after the @ that is no domain name");
  if (domain->empty() || domain->size() > kDomainMax || ends_in_number(*domain))
    return refuse_address("has a part after the @ that is no domain name");
  return domain;
}

}  // namespace

Result<CanonicalEmail> canonical_email(std::string_view typed) {
  if (typed.size() > kTypedMax) return refuse_address("is too long");
  const std::size_t at = typed.rfind('@');
  if (at == std::string_view::npos) return refuse_address("has no @");
  const std::string_view local = typed.substr(0, at);
  if (local.size() > kLocalMax) return refuse_address("is too long before the @");
  if (!is_dot_atom(local)) return refuse_address("must have letters, digits and single dots before the @");
  const auto domain = canonical_domain(typed.substr(at + 1));
  if (!domain) return fail(domain);
  if (local.size() + 1 + domain->size() > kAddressMax) return refuse_address("is too long");
  return CanonicalEmail{fmt::format("{}@{}", local, *domain), fmt::format("{}@{}", to_lower(local), *domain)};
}

std::string_view mail_local_part(std::string_view address) {
  return address.substr(0, address.find_first_of("+@"));
}

}  // namespace picket::authd
