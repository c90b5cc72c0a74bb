// Violations of the policy, to be planted in files that keep to it.
#pragma once

#include <string>
#include <vector>

namespace picket::test {

struct Planted {
  std::string path;     ///< "services/redis/read_only"
  std::string value;    ///< YAML; "" removes what is there. FILES and CHECKOUT are those folders
  std::string finding;  ///< how it begins
};

std::vector<Planted> planted_rights();
std::vector<Planted> planted_limits();
std::vector<Planted> planted_course();
std::vector<Planted> planted_mounts();
std::vector<Planted> planted_networks();
std::vector<Planted> planted_secrets();

}  // namespace picket::test
