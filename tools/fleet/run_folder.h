// What ships (rules/, tools/fleet/prometheus.yml) and run/overrides.yml, put together into run/prometheus.yml
// and run/rules/. Used by the program fleet_files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/fleet/generated_files.h"
#include "tools/fleet/overrides.h"

namespace picket::fleet {

struct RunFolder {
  std::string source = ".";         ///< the checkout
  std::string folder = "run";       ///< where overrides.yml is and the files are written
  std::string reach = "127.0.0.1";  ///< the address at which the daemons are reached from this machine
};

/// InvalidInput with file and line for what is wrong in overrides.yml.
Result<Overrides> overrides_of(const RunFolder& place, const Files& files);

/// Everything that write_generated() is to write.
Result<std::vector<GeneratedFile>> generate(const RunFolder& place, const Overrides& overrides,
                                            const Files& files);

/// Where people reach each program: "alertd" and "http://127.0.0.1:9093/", or what the overrides say.
std::map<std::string, std::string> urls_of(const RunFolder& place, const Overrides& overrides);

}  // namespace picket::fleet
