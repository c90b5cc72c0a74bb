// The stack's files as `./picket compose init` makes them in a temporary folder, and what docker-compose
// merges of them. No container engine is needed. Not thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/config/yaml.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

inline constexpr const char* kStackHost = "picket.example.org";
inline const std::string kCheckout = PICKET_SOURCE_DIR;
inline constexpr std::chrono::minutes kPatience{3};  ///< init starts a few hundred programs

class StackFiles {
 public:
  StackFiles();  ///< gives up when init fails

  /// `./picket compose ARGUMENTS --files FOLDER`.
  Finished picket(std::vector<std::string> arguments) const;
  /// docker-compose's answer to `config`, with .env as it is now; with or without the monitoring.
  Finished config(bool with_monitoring) const;
  const TempDir& folder() const { return dir_; }

 private:
  const TempDir dir_;
};

/// A document without mistakes; gives up otherwise.
YamlNode tree_of(const std::string& yaml);
/// File of the checkout: "compose/example.env".
std::string checkout_file(const std::string& path);

}  // namespace picket::test
