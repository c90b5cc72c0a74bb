// Finds every key that a reader of configuration files knows, by asking it: in each map stands a key that
// cannot be, and the reader says which keys it knows there. Each of them is then tried as a map, a list, a
// map under names of the user's, and by each of its words. Nothing is known beforehand but where to begin.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace picket::test {

struct ConfigReader {
  std::string name;
  /// What is wrong with a file, one problem a line; "" when nothing is.
  std::function<std::string(const std::string& yaml)> problems;
  /// What must stand in a map for all of its keys to be asked for: path to "prober: dns". One at a time.
  std::multimap<std::string, std::string> needs{};
};

struct MapKeys {
  std::set<std::string> known;
  std::set<std::string> required;
  std::map<std::string, std::set<std::string>> words;  ///< of keys whose value is one of a few
};

/// By path: "" is the file itself, "checks[].prober.http", "modules.*" under names of the user's.
using KnownKeys = std::map<std::string, MapKeys>;

KnownKeys crawl_keys(const ConfigReader& reader);

}  // namespace picket::test
