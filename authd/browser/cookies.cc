#include "authd/browser/cookies.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kCookiesMax = 64;
constexpr std::size_t kBytesMax = 16'384;

bool is_value_letter(char c) {
  return c > ' ' && c < 0x7f && std::string_view("\",;\\").find(c) == std::string_view::npos;
}

bool is_name_letter(char c) {
  return is_value_letter(c) && std::string_view("()<>@:/[]?={}").find(c) == std::string_view::npos;
}

/// Finds the cookies of one name over all fields.
class CookieSearch {
 public:
  explicit CookieSearch(std::string_view name) : name_(name) {}

  void read(std::string_view field) {
    bytes_ += field.size();
    if (bytes_ > kBytesMax) return;
    for (const std::string_view pair : split(field, ';')) read_pair(trim(pair));
  }
  bool is_too_much() const { return bytes_ > kBytesMax || cookies_ > kCookiesMax; }
  std::size_t found() const { return found_; }
  std::string take() { return std::move(value_); }

 private:
  void read_pair(std::string_view pair) {
    if (pair.empty()) return;
    ++cookies_;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    // Browsers send a nameless cookie as its bare value: "__Host-x=1" can be one, so blanks are not forgiven.
    if (pair.substr(0, equals) != name_ || equals == pair.size()) return;
    ++found_;
    value_ = pair.substr(equals + 1);
  }

  std::string_view name_;
  std::size_t bytes_ = 0;
  std::size_t cookies_ = 0;
  std::size_t found_ = 0;
  std::string value_;
};

std::string_view text_of(SameSite same_site) {
  return same_site == SameSite::Strict ? "Strict" : "Lax";
}

}  // namespace

std::string_view to_string(CookieFault fault) {
  switch (fault) {
    case CookieFault::Absent:
      return "absent";
    case CookieFault::Twice:
      return "twice";
    case CookieFault::TooMany:
      return "too_many";
  }
  return "absent";
}

tl::expected<std::string, CookieFault> read_cookie(const Headers& headers, std::string_view name) {
  CookieSearch search(name);
  for (const auto& [field, value] : headers) {
    if (iequals(field, "Cookie")) search.read(value);
  }
  if (search.is_too_much()) return tl::unexpected(CookieFault::TooMany);
  if (search.found() > 1) return tl::unexpected(CookieFault::Twice);
  if (search.found() == 0) return tl::unexpected(CookieFault::Absent);
  return search.take();
}

std::string CookieStyle::name_of(std::string_view name) const {
  return (insecure_development ? "" : "__Host-") + std::string(name);
}

std::string set_cookie(const CookieStyle& style, std::string_view name, std::string_view value,
                       const CookieOptions& options) {
  check(!name.empty() && std::ranges::all_of(name, is_name_letter), "set_cookie: no name of a cookie");
  check(std::ranges::all_of(value, is_value_letter), "set_cookie: no value of a cookie");
  std::string text = fmt::format("{}={}; Path=/", style.name_of(name), value);
  if (options.max_age) {
    text += fmt::format("; Max-Age={}", std::chrono::floor<std::chrono::seconds>(*options.max_age).count());
  }
  if (!style.insecure_development) text += "; Secure";
  if (options.http_only) text += "; HttpOnly";
  return text + "; SameSite=" + std::string(text_of(style.same_site));
}

std::string clear_cookie(const CookieStyle& style, std::string_view name) {
  return set_cookie(style, name, "", {.max_age = Duration::zero()});
}

}  // namespace picket::authd
