// The file system. Seam: RealFiles in production, fakes in tests that need a full disk. Paths are UTF-8
// strings. Safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"
#include "base/text/bytes.h"

namespace picket {

class Files {
 public:
  virtual ~Files() = default;
  /// NotFound, Denied, or InvalidInput when it is larger than `limit` or not a regular file (a pipe, a
  /// device).
  virtual Result<std::string> read(const std::string& path, Bytes limit) const = 0;
  /// Whole or not at all, also over a power cut: temporary file beside it, fsync, rename, fsync of the
  /// folder.
  virtual Result<void> write_atomic(const std::string& path, std::string_view content, unsigned mode) = 0;
  virtual Result<void> remove(const std::string& path) = 0;  ///< NotFound when it is not there
  virtual bool exists(const std::string& path) const = 0;
  virtual Result<void> make_directories(const std::string& path, unsigned mode) = 0;
  /// Paths that match a shell pattern (glob(3)), sorted. No match is an empty list.
  virtual Result<std::vector<std::string>> glob(const std::string& pattern) const = 0;
  /// Nanoseconds of the last change since 1970, for "has it changed?".
  virtual Result<std::int64_t> modified(const std::string& path) const = 0;
};

class RealFiles final : public Files {
 public:
  Result<std::string> read(const std::string& path, Bytes limit) const override;
  Result<void> write_atomic(const std::string& path, std::string_view content, unsigned mode) override;
  Result<void> remove(const std::string& path) override;
  bool exists(const std::string& path) const override;
  Result<void> make_directories(const std::string& path, unsigned mode) override;
  Result<std::vector<std::string>> glob(const std::string& pattern) const override;
  Result<std::int64_t> modified(const std::string& path) const override;
};

/// `path` itself when absolute, else beside the file `base` (how config files name other files).
std::string resolve_beside(const std::string& base, const std::string& path);

}  // namespace picket
