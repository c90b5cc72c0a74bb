// The one reading of a request's path that rules are asked about. Where an application, or a proxy before it,
// could read the path as another one, there is none: it is refused, never repaired. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

/// `raw` as it stood in the request line, without the query: decoded once and in Unicode's form C. Denied
/// when it does not begin with a slash; with broken escapes or text that can be decoded again; with an
/// encoded slash, with a backslash, semicolon or fragment in any form; with an empty or a dot segment,
/// encoded or not (browsers resolve them before they send; an application that does not would see another
/// folder than we); with NUL, control characters or broken UTF-8.
Result<std::string> canonical_path(std::string_view raw);

}  // namespace picket::authd
