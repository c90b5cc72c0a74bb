// Appends lines to a file that a log shipper follows. The file is opened for each batch, so that it may be
// rotated by renaming it. Safe from any thread: a batch is one write in append mode.
#pragma once

#include <string>
#include <string_view>

#include "base/exec/mutex.h"
#include "base/result/result.h"

namespace picket::authd {

class FileSink {
 public:
  /// "" is no file: writes nothing.
  explicit FileSink(std::string path) : path_(std::move(path)) {}

  void reload(std::string path) EXCLUDES(mutex_);
  /// Adds the newline. Unavailable when the file does not take it, or not all of it.
  Result<void> write_line(std::string_view line) const EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::string path_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
