// The table behind check_arrows. A new folder gets a row here, in the change that creates it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace picket::tidy {

/// base: a folder sees those of a lower level.
struct BaseFolder {
  std::string_view folder;
  int level;
};
std::span<const BaseFolder> base_folders();

/// A daemon's folder sees base, itself and these.
struct DaemonFolder {
  std::string_view folder;
  std::vector<std::string_view> sees;
};
std::span<const DaemonFolder> daemon_folders();

/// Headers that only these folders include. tests/ may include anything.
struct Library {
  std::string_view prefix;  ///< of the path between < and >
  std::vector<std::string_view> folders;
};
std::span<const Library> libraries();

}  // namespace picket::tidy
