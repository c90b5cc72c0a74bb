#include "authd/forward_auth/authority.h"

#include <algorithm>

#include "authd/names/unicode.h"
#include "base/net/ip_address.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kHostMax = 253;
constexpr std::size_t kLabelMax = 63;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

Failure denied_authority(std::string message) {
  return fail(ErrorKind::Denied, std::move(message));
}

bool is_plain_label(std::string_view label) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !label.empty() && label.size() <= kLabelMax && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, is_letter);
}

/// Names that IDNA leaves as they are need no look at its tables.
bool is_plain_name(std::string_view name) {
  return name.find("--") == std::string_view::npos && std::ranges::all_of(split(name, '.'), is_plain_label);
}

std::uint16_t usual_port(std::string_view scheme) {
  return scheme == "https" ? kHttpsPort : kHttpPort;
}

/// Digits without a leading zero, 1 to 65535; 0 otherwise.
std::uint16_t parse_port(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > 5 || text.front() == '0' || !std::ranges::all_of(text, is_digit))
    return 0;
  const std::int64_t port = parse_int(text).value_or(0);
  return port > 65'535 ? std::uint16_t{0} : static_cast<std::uint16_t>(port);
}

/// Where the host ends: after the bracket of an IPv6 address, else at the colon.
std::size_t end_of_host(std::string_view text) {
  const std::size_t from = text.starts_with('[') ? text.find(']') : 0;
  if (from == std::string_view::npos) return text.size();
  return std::min(text.find(':', from), text.size());
}

}  // namespace

std::string Authority::text() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == usual_port(scheme) ? name : fmt::format("{}:{}", name, port);
}

std::string Authority::origin() const {
  return scheme + "://" + text();
}

Result<std::string> canonical_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto address = text.ends_with(']') ? IpAddress::parse(text) : IpAddress::parse("");
    if (!address) return denied_authority("the host is no address");
    return address->text();
  }
  std::string name = to_lower(text.ends_with('.') ? text.substr(0, text.size() - 1) : text);
  if (name.empty() || name.size() > kHostMax) return denied_authority("the host is empty or too long");
  if (is_plain_name(name)) return name;
  const auto ascii = domain_to_ascii(name);
  // Not all that IDNA lets pass is one name: it allows a final dot, and we have cut one already.
  const bool is_name = ascii && !name.ends_with('.') && ascii->size() <= kHostMax &&
                       std::ranges::all_of(split(*ascii, '.'), is_plain_label);
  if (!is_name) return denied_authority("the host is no domain name");
  return *ascii;
}

Result<Authority> parse_authority(std::string_view scheme, std::string_view text) {
  Authority authority;
  const std::string lower = to_lower(scheme);
  if (lower == "http" || lower == "ws") authority.scheme = "http";
  if (lower == "https" || lower == "wss") authority.scheme = "https";
  if (authority.scheme.empty()) return denied_authority("the scheme is neither http nor https");
  const std::size_t end = end_of_host(text);
  auto host = canonical_host(text.substr(0, end));
  if (!host) return fail(host);
  authority.host = std::move(*host);
  authority.port = usual_port(authority.scheme);
  if (end < text.size()) authority.port = parse_port(text.substr(end + 1));
  if (authority.port == 0) return denied_authority("the port is no number between 1 and 65535");
  return authority;
}

}  // namespace picket::authd
