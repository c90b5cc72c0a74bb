// What every service of the stack must be, on the files as docker-compose 1.29 merges them (`docker-compose
// config`).
#pragma once

#include <string>
#include <vector>

#include "base/config/yaml.h"

namespace picket::test {

struct StackPlaces {
  std::string checkout;  ///< absolute
  std::string files;     ///< the folder of .env, config/ and secrets/, absolute
};

/// A line for each violation: "redis: read_only is not true". What a single service may have besides stands in
/// the policy by its exact value.
std::vector<std::string> policy_findings(const YamlNode& merged, const StackPlaces& places);

}  // namespace picket::test
