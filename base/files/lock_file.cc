#include "base/files/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace picket {
namespace {

std::string holder_of(int fd) {
  char pid[32] = {};
  const ssize_t size = pread(fd, pid, sizeof pid - 1, 0);
  return size > 0 ? fmt::format(" (process {})", std::string_view(pid, static_cast<std::size_t>(size))) : "";
}

}  // namespace

Result<LockFile> LockFile::acquire(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC,
                      0600);  // NOLINT(cppcoreguidelines-pro-type-vararg): open(2)
  if (fd < 0) return fail(ErrorKind::Unavailable, fmt::format("{}: {}", path, std::strerror(errno)));
  LockFile lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::Conflict, fmt::format("{} is held by another process{}", path, holder_of(fd)));
  }
  const std::string pid = fmt::format("{}", getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    return fail(ErrorKind::Unavailable, fmt::format("{}: {}", path, std::strerror(errno)));
  }
  return lock;
}

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

LockFile::~LockFile() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace picket
