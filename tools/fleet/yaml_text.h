// A YamlNode as YAML again, in block style. Text that was quoted is quoted in JSON's way, which is YAML's as
// well; what was plain stays plain, so that 15s and true mean what they meant. Comments are lost. Pure.
#pragma once

#include <string>

#include "base/config/yaml.h"

namespace picket::fleet {

/// Ends with a newline.
std::string write_yaml(const YamlNode& node);

}  // namespace picket::fleet
