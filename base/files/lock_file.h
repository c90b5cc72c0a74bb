// A folder that one process at a time may use. Held until destroyed or the process ends, however it ends.
#pragma once

#include <string>

#include "base/result/result.h"

namespace picket {

class LockFile {
 public:
  /// Conflict when another process holds it, naming it: "health_exporter (process 4711)".
  static Result<LockFile> acquire(const std::string& path);
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace picket
