// Clears a flag at the end of a scope, also when something is thrown.
#pragma once

#include <atomic>

namespace picket {

class FlagReset {
 public:
  explicit FlagReset(std::atomic<bool>& flag) : flag_(flag) {}
  ~FlagReset() { flag_ = false; }
  FlagReset(const FlagReset&) = delete;
  FlagReset& operator=(const FlagReset&) = delete;

 private:
  std::atomic<bool>& flag_;
};

}  // namespace picket
