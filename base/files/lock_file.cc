#include "base/files/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace picket {
namespace {

/// "health_exporter (process 4711)": the file holds the process id and, behind a space, the program's name.
std::string holder_of(int fd) {
  char text[64] = {};
  const ssize_t size = pread(fd, text, sizeof text - 1, 0);
  if (size <= 0) return "another process";
  const std::string_view held(text, static_cast<std::size_t>(size));
  const std::size_t space = held.find(' ');
  const std::string_view name = space == held.npos ? "another program" : held.substr(space + 1);
  return fmt::format("{} (process {})", name, held.substr(0, space));
}

}  // namespace

Result<LockFile> LockFile::acquire(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                      0600);  // NOLINT(cppcoreguidelines-pro-type-vararg): open(2)
  if (fd < 0) return fail(ErrorKind::Unavailable, fmt::format("{}: {}", path, std::strerror(errno)));
  LockFile lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::Conflict, fmt::format("{} is held by {}", path, holder_of(fd)));
  }
  const std::string self = fmt::format("{} {}", getpid(), program_invocation_short_name);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, self.data(), self.size(), 0) < 0) {
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
