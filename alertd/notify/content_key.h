// The identity of an integration across reloads: waiting messages find it again although the list was
// reordered. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/config/yaml.h"

namespace picket::alertd {

/// 32 hex digits of a hash over the kind ("email") and the integration's own part of the configuration:
/// every key and value, secrets too, whatever the order of the keys and the way of writing them. What it
/// takes from `global`, and what stands in a file that a `*_file` key names, may change without making it
/// another one.
std::string content_key(std::string_view kind, const YamlNode& integration);

}  // namespace picket::alertd
