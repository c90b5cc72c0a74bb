// A disk that a test can fill: a small tmpfs in a mount namespace of the test's own where that is permitted
// (ENOSPC), and else a limit of the size of files (EFBIG) set on the process from outside. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace picket::test {

class SmallDisk {
 public:
  /// On the thread that starts the processes which use it.
  SmallDisk();
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  std::string folder() const { return dir_.path(); }
  /// "tmpfs" or "file size limit".
  std::string kind() const { return is_mounted_ ? "tmpfs" : "file size limit"; }
  /// Words in front of the command of a process that uses it.
  std::vector<std::string> launcher() const;
  /// Nothing more fits. `pid` uses it.
  void fill(pid_t pid);
  void make_room(pid_t pid);
  /// Another process uses it from now on.
  void used_by(pid_t pid) const;

 private:
  void limit(pid_t pid, bool is_on) const;

  const TempDir dir_;
  bool is_mounted_ = false;
  bool is_full_ = false;
};

}  // namespace picket::test
