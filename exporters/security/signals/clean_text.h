// A log's bytes as text that any store and page can hold.
#pragma once

#include <string>
#include <string_view>

namespace picket::security {

/// Valid UTF-8 without control characters ("?" in their place), at most `max` bytes.
std::string clean_text(std::string_view text, std::size_t max);

}  // namespace picket::security
