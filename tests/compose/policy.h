// What every service of the stack must be, on the files as docker-compose merges them (`docker-compose
// config`).
#pragma once

#include <string>
#include <vector>

#include "base/config/yaml.h"

namespace picket::test {

/// A line for each violation: "redis: read_only is not true". Exceptions, with their reasons, are in
/// policy.cc.
std::vector<std::string> policy_findings(const YamlNode& merged);

}  // namespace picket::test
