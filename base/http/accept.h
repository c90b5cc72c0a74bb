// The Accept field: which media types a client takes and which it would rather have. Pure. Source: RFC 9110
// section 12.5.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"

namespace picket {

struct MediaRange {
  std::string type;     ///< lower case: "text/html", "text/*"
  std::string version;  ///< of the parameter, as metrics formats have it
  double q = 1;
};
/// In the order of the field. A q that is not a number between 0 and 1 makes its range worth nothing.
std::vector<MediaRange> media_ranges(std::string_view accept);

/// True for browsers: HTML is wanted more than JSON, or as much and named while JSON is not. Programs that
/// take anything (`*/*`, or no field) get JSON.
bool prefers_html(const Headers& request_headers);

}  // namespace picket
