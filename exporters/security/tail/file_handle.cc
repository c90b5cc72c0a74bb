#include "exporters/security/tail/file_handle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>

namespace picket::security {
namespace {

Failure failed(const std::string& path, int error) {
  ErrorKind kind = ErrorKind::Unavailable;
  if (error == ENOENT || error == ENOTDIR) kind = ErrorKind::NotFound;
  if (error == EACCES || error == EPERM || error == ELOOP) kind = ErrorKind::Denied;
  return fail(kind, fmt::format("{}: {}", path, std::strerror(error)));
}

FileFacts facts_from(const struct stat& status) {
  constexpr std::int64_t kNanos = 1'000'000'000;
  return {status.st_dev,
          status.st_ino,
          static_cast<std::uint64_t>(status.st_size),
          status.st_nlink,
          status.st_mtim.tv_sec * kNanos + status.st_mtim.tv_nsec,
          S_ISREG(status.st_mode)};
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

bool within(std::string_view path, const std::vector<std::string>& roots) {
  return std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
    if (!path.starts_with(root)) return false;
    return root.ends_with('/') || path.substr(root.size()).starts_with('/');
  });
}

std::string descriptor_path(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

}  // namespace

FileHandle::~FileHandle() {
  if (fd_ >= 0) close(fd_);
}

Result<FileFacts> FileHandle::facts() const {
  struct stat status {};
  if (fstat(fd_, &status) != 0) return failed("fstat", errno);
  return facts_from(status);
}

Result<FileFacts> facts_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return failed(path, errno);
  return facts_from(status);
}

Result<FileHandle> open_regular(const std::string& path, const std::vector<std::string>& roots) {
  // O_PATH holds on to the file without opening it: what is looked at is what is opened, whatever the name
  // is made to lead to in between.
  const FileHandle place(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (place.fd() < 0) return failed(path, errno);
  struct stat status {};
  if (fstat(place.fd(), &status) != 0) return failed(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("{}: {}, not a regular file", path, kind_of(status.st_mode)));
  }
  std::array<char, PATH_MAX> real{};
  const std::string descriptor = descriptor_path(place.fd());
  const ssize_t length = readlink(descriptor.c_str(), real.data(), real.size());
  if (length < 0) return failed(path, errno);
  if (!within({real.data(), static_cast<std::size_t>(length)}, roots)) {
    return fail(ErrorKind::Denied, fmt::format("{}: leads out of the allowed folders", path));
  }
  FileHandle file(open(descriptor.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.fd() < 0) return failed(path, errno);
  return file;
}

}  // namespace picket::security
