#include "exporters/security/events/masking.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::security {
namespace {

constexpr std::string_view kMore = "…";
/// An account that is longer was cut somewhere: its beginning finds it.
constexpr std::size_t kNeedleMax = 32;  // bytes
constexpr JsonLimits kStoredLimits{
    .bytes = std::size_t{64} * 1024, .depth = 16, .values = 5000, .repeated_keys = true};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// `prefix` is how much is known of the address.
std::string network_of(const IpAddress& address, int prefix) {
  std::array<std::uint8_t, 16> bytes = address.bytes();
  const int left = masked_prefix(address);
  std::fill(bytes.begin() + left / 8, bytes.end(), std::uint8_t{0});
  const bool is_v4 = address.family() == IpAddress::Family::V4;
  const IpAddress network =
      is_v4 ? IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}) : IpAddress::v6(bytes);
  return fmt::format("{}/{}", network.text(), std::min(left, prefix));
}

int hex_value(char c) {
  return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/// A text as addresses in it are looked for: "203%2e0" is "203.0", also when it is encoded twice.
struct PlainText {
  std::string chars;
  std::vector<std::size_t> begins;  ///< of each in the text, and the text's end

  explicit PlainText(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      begins.push_back(at);
      chars += next(text, at);
    }
    begins.push_back(text.size());
  }

 private:
  static char next(std::string_view text, std::size_t& at) {
    const char first = text[at++];
    char c = first;
    while (c == '%' && at + 1 < text.size() && is_hex(text[at]) && is_hex(text[at + 1])) {
      c = static_cast<char>(16 * hex_value(text[at]) + hex_value(text[at + 1]));
      at += 2;
    }
    return c;
  }
};

/// Where the dots and digits end that go on at `end`: they may be the end of an address that begins later.
std::size_t dotted_end(std::string_view text, std::size_t end) {
  while (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
    ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
  }
  return end;
}

/// Length of the IPv4 address at `at` with all numbers that follow it; 0 when there is none.
std::size_t v4_length(std::string_view text, std::size_t at) {
  if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) return 0;
  std::size_t end = at;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (end >= text.size() || text[end++] != '.')) return 0;
    const std::size_t begin = end;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == begin || end - begin > 3) return 0;
  }
  return dotted_end(text, end) - at;
}

/// Length of the longest beginning of `text` that is an IPv4 address without superfluous zeros.
std::size_t v4_beginning(std::string_view text) {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return 0;
    const std::size_t begin = at;
    int value = 0;
    while (at < text.size() && is_digit(text[at]) && (at == begin || value > 0)) {
      if (10 * value + (text[at] - '0') > 255) break;
      value = 10 * value + (text[at++] - '0');
    }
    if (at == begin) return 0;
  }
  return at;
}

/// The same for IPv6 (RFC 4291 2.2), in one pass.
class V6Beginning {
 public:
  explicit V6Beginning(std::string_view text) : text_(text), has_gap_(text.starts_with("::")) {
    if (has_gap_) longest_ = at_ = 2;
  }
  std::size_t length() {
    while (pass_group() && pass_colons()) {
    }
    return longest_;
  }

 private:
  static constexpr std::size_t kGroups = 8, kDigits = 4;

  /// False when no more can follow.
  bool pass_group() {
    const std::size_t room = kGroups - (has_gap_ ? 1 : 0) - groups_;
    std::size_t digits = 0;
    while (digits <= kDigits && at_ + digits < text_.size() && is_hex(text_[at_ + digits])) ++digits;
    if (digits == 0 || room == 0) return false;
    if (room == 2 || (has_gap_ && room > 2)) {
      if (const std::size_t v4 = v4_beginning(text_.substr(at_)); v4 > 0) {
        longest_ = at_ + v4;
        return false;
      }
    }
    if (has_gap_ || room == 1) longest_ = at_ + std::min(digits, kDigits);
    at_ += digits;
    ++groups_;
    return digits <= kDigits;
  }
  /// The same.
  bool pass_colons() {
    if (!text_.substr(at_).starts_with(':')) return false;
    ++at_;
    if (!text_.substr(at_).starts_with(':')) return true;
    if (has_gap_ || groups_ == kGroups) return false;
    has_gap_ = true;
    longest_ = ++at_;
    return true;
  }

  const std::string_view text_;
  bool has_gap_;
  std::size_t at_ = 0, groups_ = 0, longest_ = 0;
};

/// Length of the IPv6 address at `at`; 0 when there is none. In the middle of a word, as in "std::cout", it must be
/// as long as those that are in use.
std::size_t v6_length(std::string_view text, std::size_t at) {
  constexpr std::size_t kInUse = 6;
  constexpr std::size_t kLongest = 45;  // the last four bytes written as of IPv4
  const std::size_t length = V6Beginning(text.substr(at, kLongest)).length();
  if (length == 0 || length >= kInUse) return length;
  const auto may_be_of_it = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
  std::size_t end = at;
  while (end < text.size() && end - at < kLongest && may_be_of_it(text[end])) ++end;
  const bool is_apart = (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
  return is_apart ? length : 0;
}

/// How many of its characters come before the third dot.
std::size_t length_of_network(std::string_view v4) {
  std::size_t dot = 0;
  for (int i = 0; i < 3; ++i) dot = v4.find('.', dot + 1);
  return dot;
}

std::string mask_addresses(std::string_view text) {
  const PlainText plain(text);
  const std::string_view chars = plain.chars;
  const auto as_written = [&](std::size_t begin, std::size_t end) {
    return text.substr(plain.begins[begin], plain.begins[end] - plain.begins[begin]);
  };
  std::string out;
  for (std::size_t at = 0; at < chars.size();) {
    const std::size_t v4 = v4_length(chars, at);
    const std::size_t v6 = v4 > 0 ? 0 : v6_length(chars, at);
    if (v4 > 0) {
      out += as_written(at, at + length_of_network(chars.substr(at, v4)));
      out += ".0/24";
    }
    if (v6 > 0) out += masked_address(chars.substr(at, v6));
    if (v4 + v6 == 0) out += as_written(at, at + 1);
    at = v6 > 0 ? dotted_end(chars, at + v6) : at + std::max<std::size_t>(v4, 1);
  }
  return out;
}

std::string mask_email_addresses(std::string_view text) {
  const auto is_local = [](char c) {
    return is_word(c) || c == '.' || c == '-' || c == '+' || c == '%' || c == '\'';
  };
  std::string out;
  for (const char c : text) {
    std::size_t begin = out.size();
    while (c == '@' && begin > 0 && is_local(out[begin - 1])) --begin;
    if (begin < out.size()) out.replace(begin, std::string::npos, masked_account(out.substr(begin)));
    out += c;
  }
  return out;
}

bool ends_words(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin == 0 || !is_word(text[begin - 1]) || !is_word(text[begin])) &&
         (end >= text.size() || !is_word(text[end]) || !is_word(text[end - 1]));
}

/// What stands in place of the account, and how far it goes.
std::string mask_account(std::string_view text, std::string_view account) {
  if (account.empty()) return std::string(text);
  const std::string lower = to_lower(text);
  const std::string needle = to_lower(account.substr(0, kNeedleMax));
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = lower.find(needle); at != std::string::npos; at = lower.find(needle, done)) {
    std::size_t end = at + needle.size();
    if (account.size() > kNeedleMax) {
      while (end < text.size() && text[end] != ' ' && text[end] != '"') ++end;
    } else if (!ends_words(text, at, end)) {
      out += text.substr(done, at + 1 - done);
      done = at + 1;
      continue;
    }
    out += text.substr(done, at - done);
    out += masked_account(account);
    done = end;
  }
  out += text.substr(done);
  return out;
}

using Json = nlohmann::ordered_json;
using Mask = std::string (*)(std::string_view value);

/// How the values under a key are masked; null: as any text.
Mask mask_of(const std::string& key) {
  constexpr std::string_view kAccounts[] = {"account",  "accounts", "user",  "users",
                                            "username", "login",    "email", "actor"};
  constexpr std::string_view kAddresses[] = {"client", "clients", "address", "addresses", "ip", "ips"};
  if (std::ranges::find(kAccounts, key) != std::end(kAccounts)) return masked_account;
  if (std::ranges::find(kAddresses, key) != std::end(kAddresses)) return masked_address;
  return nullptr;
}

Json masked_json(const Json& value, std::string_view account, Mask mask) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return mask != nullptr ? mask(text) : masked_text(text, account);
  }
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(masked_json(element, account, mask));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [key, member] : value.items()) {
    const std::string shown = mask != nullptr ? mask(key) : masked_text(key, account);
    const Mask own = mask_of(to_lower(key));
    out[shown] = masked_json(member, account, own != nullptr ? own : mask);
  }
  return out;
}

std::string masked_details(const std::string& details, std::string_view account) {
  const Result<Json> json = parse_ordered_json(details, kStoredLimits);
  if (!json || !json->is_object()) return "{}";
  return escape_invisible(to_json(masked_json(*json, account, nullptr)));
}

}  // namespace

int masked_prefix(const IpAddress& address) {
  return address.family() == IpAddress::Family::V4 ? 24 : 48;
}

std::string masked_address(std::string_view address) {
  const Result<IpAddress> parsed = IpAddress::parse(address);
  if (parsed) return network_of(parsed->unmapped(), 128);
  const Result<Cidr> network = Cidr::parse(address);
  return network ? network_of(network->network, network->prefix) : masked_account(address);
}

std::string masked_account(std::string_view account) {
  if (account.empty()) return {};
  std::size_t end = 1;
  while (end < account.size() && (static_cast<unsigned char>(account[end]) & 0xC0U) == 0x80U) ++end;
  return std::string(account.substr(0, end)) + std::string(kMore);
}

std::string masked_text(std::string_view text, std::string_view account) {
  return mask_addresses(mask_email_addresses(mask_account(text, account)));
}

SecurityEvent masked(const SecurityEvent& event) {
  SecurityEvent out = event;
  out.id = masked_text(event.id, event.account);
  out.client = masked_address(event.client);
  out.account = masked_account(event.account);
  out.summary = masked_text(event.summary, event.account);
  out.details = masked_details(event.details, event.account);
  return out;
}

}  // namespace picket::security
