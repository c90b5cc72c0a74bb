// Where a value is in a JSON object: "status", "request.headers.Referer[0]", "source.ip". A member whose name holds
// dots ("source.ip" of flattened ECS) is found too, at the first level. Immutable.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket::security {

class MemberPath {
 public:
  /// InvalidInput: an empty step, an index that is not a number, more than 16 steps.
  static Result<MemberPath> parse(std::string_view text);
  /// Without the index at its end.
  MemberPath of_whole_list() const;
  /// Null when it is not there.
  const nlohmann::json* find(const nlohmann::json& object) const;

 private:
  struct Step {
    std::string name;  ///< "" for an index
    std::size_t index = 0;

    const nlohmann::json* in(const nlohmann::json& value) const;
  };
  Result<void> add_step(std::string_view step);

  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace picket::security
