// Names of domains as the mail system knows them (RFC 5891, UTS 46). Pure; the only file of this folder that
// knows ICU.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

/// "bücher.example" as "xn--bcher-kva.example". InvalidInput for what is no name of a domain.
Result<std::string> to_a_labels(std::string_view domain);

}  // namespace picket
