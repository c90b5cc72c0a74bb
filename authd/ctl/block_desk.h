// What authctl does with blocked networks, whether straight on the store or through a running daemon. One
// thread; blocks.
#pragma once

#include <string>
#include <vector>

#include "base/result/result.h"

namespace picket::authd {

/// As it is shown.
struct BlockRow {
  std::string prefix{}, until{}, by{}, reason{};
  bool sessions = false;  ///< stops sessions and known devices, too
};

/// As typed.
struct NewBlock {
  std::string prefix{}, duration{}, reason{};
  bool sessions = false;
};

class BlockDesk {
 public:
  virtual ~BlockDesk() = default;
  virtual Result<std::vector<BlockRow>> blocks() = 0;
  virtual Result<void> block(const NewBlock& block) = 0;
  /// NotFound when it was not blocked.
  virtual Result<void> unblock(const std::string& prefix) = 0;
};

}  // namespace picket::authd
