#include "exporters/security/signals/clean_text.h"

#include <algorithm>

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::security {

std::string clean_text(std::string_view text, std::size_t max) {
  std::string clean = truncate(repair_utf8(text.substr(0, max + 1)), max);
  std::ranges::replace_if(clean, is_control, '?');
  return clean;
}

}  // namespace picket::security
