// Labels as a JSON object, for rows and messages.
#pragma once

#include <string>
#include <string_view>

#include "alertd/series/labels.h"
#include "base/result/result.h"

namespace picket::alertd {

std::string labels_to_json(const Labels& labels);
/// Corrupt when it is not an object of strings.
Result<Labels> labels_from_json(std::string_view json);
/// The same, with those that are empty.
Result<Labels> annotations_from_json(std::string_view json);

}  // namespace picket::alertd
