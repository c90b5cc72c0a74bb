// An open descriptor that closes itself, and how the files of a source are opened: a regular file inside the
// allowed folders, or not at all. Opening never blocks and never touches a pipe or a device.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result/result.h"

namespace picket::security {

struct FileFacts {
  std::uint64_t device = 0, inode = 0, size = 0, links = 0;
  std::int64_t modified = 0;  ///< nanoseconds since 1970
  bool is_regular = true;     ///< no folder, pipe, socket or device

  bool same_file(const FileFacts& other) const { return device == other.device && inode == other.inode; }
};

class FileHandle {
 public:
  explicit FileHandle(int fd) : fd_(fd) {}
  ~FileHandle();
  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;

  int fd() const { return fd_; }
  Result<FileFacts> facts() const;

 private:
  int fd_;
};

/// NotFound, Denied (permission, or a link that leads out of `roots`), InvalidInput (not a regular file).
/// `roots`: real paths of folders.
Result<FileHandle> open_regular(const std::string& path, const std::vector<std::string>& roots);

/// Of what `path` leads to, without opening it. NotFound, Denied, Unavailable.
Result<FileFacts> facts_of(const std::string& path);

}  // namespace picket::security
