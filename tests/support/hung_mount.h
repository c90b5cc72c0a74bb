// A file system that hangs: FUSE without anybody who answers, in a mount namespace of the calling thread's
// own. Needs root.
#pragma once

#include <string>

#include "tests/support/temp_dir.h"

namespace picket::test {

class HungMount {
 public:
  /// Gives up when the system does not let it. Threads that are made afterwards by this thread see it too.
  HungMount();
  /// Whoever hangs in it comes back with an error.
  ~HungMount();
  HungMount(const HungMount&) = delete;
  HungMount& operator=(const HungMount&) = delete;

  const std::string& path() const { return path_; }

 private:
  const TempDir dir_;
  const std::string path_;
  int fuse_ = -1;
};

}  // namespace picket::test
