#include "authd/rbac/mask.h"

#include <fmt/format.h>

namespace picket::authd {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::size_t kPhoneShown = 4;  // two at the front with the +, two at the end
constexpr std::size_t kPhoneMin = 8;

/// The first character, however many bytes it has.
std::string_view first_character(std::string_view text) {
  constexpr unsigned kContinuation = 0x80;
  constexpr unsigned kTopBits = 0xC0;
  std::size_t end = text.empty() ? 0 : 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & kTopBits) == kContinuation) ++end;
  return text.substr(0, end);
}

}  // namespace

std::string mask_email(std::string_view email) {
  if (email.empty()) return "";
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::string(kHidden);
  const std::string_view domain = email.substr(at + 1);
  const std::size_t dot = domain.rfind('.');
  const std::string_view suffix = dot == std::string_view::npos ? "" : domain.substr(dot);
  return fmt::format("{}{}@{}{}{}", first_character(email.substr(0, at)), kHidden, first_character(domain),
                     kHidden, suffix);
}

std::string mask_phone(std::string_view phone) {
  constexpr std::string_view kMiddle = "******";
  if (phone.empty()) return "";
  if (phone.size() < kPhoneMin + kPhoneShown / 2) return std::string(kMiddle);
  return fmt::format("{}{}{}", phone.substr(0, kPhoneShown / 2), kMiddle, phone.substr(phone.size() - 2));
}

bool looks_masked(std::string_view text) {
  return text.find('*') != std::string_view::npos;
}

}  // namespace picket::authd
