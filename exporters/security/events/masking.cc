#include "exporters/security/events/masking.h"

#include <algorithm>
#include <array>

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::security {
namespace {

constexpr std::string_view kMore = "…";
/// An account that is longer was cut somewhere: its beginning finds it.
constexpr std::size_t kNeedleMax = 32;  // bytes
constexpr JsonLimits kStoredLimits{.bytes = 64 * 1024, .depth = 16, .values = 5000, .repeated_keys = true};

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

std::string network_of(const IpAddress& address) {
  std::array<std::uint8_t, 16> bytes = address.bytes();
  const int prefix = masked_prefix(address);
  std::fill(bytes.begin() + prefix / 8, bytes.end(), std::uint8_t{0});
  const bool is_v4 = address.family() == IpAddress::Family::V4;
  const IpAddress network =
      is_v4 ? IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}) : IpAddress::v6(bytes);
  return fmt::format("{}/{}", network.text(), prefix);
}

/// Length of the IPv4 address at `at`, 0 when there is none.
std::size_t v4_length(std::string_view text, std::size_t at) {
  if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) return 0;
  std::size_t end = at;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (end >= text.size() || text[end] != '.')) return 0;
    if (part > 0) ++end;
    const std::size_t begin = end;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == begin || end - begin > 3) return 0;
  }
  return end - at;
}

/// The same for IPv6. In the middle of a word, as in "std::cout", it must be as long as those that are in use.
std::size_t v6_length(std::string_view text, std::size_t at) {
  constexpr std::size_t kInUse = 6;
  constexpr std::size_t kLongest = 39;
  std::size_t end = at;
  while (end < text.size() && end - at < kLongest && (is_hex(text[end]) || text[end] == ':')) ++end;
  const std::string_view run = text.substr(at, end - at);
  if (std::ranges::count(run, ':') < 2) return 0;
  const bool is_apart = (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
  for (std::size_t length = run.size(); length >= (is_apart ? 2 : kInUse); --length) {
    if (IpAddress::parse(run.substr(0, length))) return length;
  }
  return 0;
}

std::string v4_masked(std::string_view text) {
  return std::string(text.substr(0, text.rfind('.'))) + ".0/24";
}

std::string mask_addresses(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t v4 = v4_length(text, at);
    const std::size_t v6 = v4 > 0 ? 0 : v6_length(text, at);
    if (v4 > 0) out += v4_masked(text.substr(at, v4));
    if (v6 > 0) out += masked_address(text.substr(at, v6));
    if (v4 + v6 == 0) out += text[at];
    at += std::max<std::size_t>(v4 + v6, 1);
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
  return parsed ? network_of(parsed->unmapped()) : masked_account(address);
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
