#include "base/text/url.h"

#include <algorithm>

namespace picket {
namespace {

bool is_url_letter(char c) {
  constexpr std::string_view kOthers = "-._~:/?@!$&()*+,;=%[]";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kOthers.find(c) != std::string_view::npos;
}

}  // namespace

bool is_http_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const bool has_host =
        text.starts_with(scheme) && text.size() > scheme.size() && text[scheme.size()] != '/';
    if (has_host) return std::ranges::all_of(text, is_url_letter);
  }
  return false;
}

}  // namespace picket
