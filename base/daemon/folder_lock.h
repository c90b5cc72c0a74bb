// The lock on a daemon's state folder: one process at a time uses it. Held until release(), or until the
// process ends, however it ends. The names of lock files never change: a process of an earlier version that
// still runs then keeps a later one out. Of one thread at a time.
#pragma once

#include <optional>
#include <string>

#include "base/files/files.h"
#include "base/files/lock_file.h"

namespace picket {

class FolderLock {
 public:
  /// Locks the folder of `lock_file`; "": nothing, as a database server is shared. `files` must outlive it.
  FolderLock(Files& files, std::string lock_file);

  /// At start. Conflict when another process has the folder, naming it. A folder that cannot be made or locked
  /// for another reason is no error here: hold() tries again.
  Result<void> claim();
  /// Before anything in the folder is opened or written: makes it (0700) and locks it, unless it is held.
  /// Every error is returned: Conflict as above, those of the file system.
  Result<void> hold();
  void release() { lock_.reset(); }

 private:
  Files& files_;
  std::string lock_file_;  ///< "": nothing to lock
  std::optional<LockFile> lock_;
};

}  // namespace picket
