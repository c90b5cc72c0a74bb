#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/files/files.h"

namespace picket {
namespace {

Failure fail_errno(const std::string& path, int error) {
  const ErrorKind kind = error == ENOENT || error == ENOTDIR                   ? ErrorKind::NotFound
                         : error == EACCES || error == EPERM || error == EROFS ? ErrorKind::Denied
                         : error == EISDIR || error == ENAMETOOLONG || error == ELOOP
                             ? ErrorKind::InvalidInput
                             : ErrorKind::Unavailable;
  return fail(kind, fmt::format("{}: {}", path, std::generic_category().message(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int close() {
    const int result = fd_ >= 0 ? ::close(fd_) : 0;
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// 0 or errno.
int sync_folder(const std::string& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || ::fsync(fd.get()) != 0) return errno;
  return 0;
}

// 0 or errno. Closes `fd` when it goes well.
int write_synced(Descriptor& fd, std::string_view content, unsigned mode) {
  // The umask must not change what the caller asked for.
  if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) return errno;
  if (!write_all(fd.get(), content) || ::fsync(fd.get()) != 0) return errno;
  return fd.close() == 0 ? 0 : errno;
}

}  // namespace

Result<std::string> RealFiles::read(const std::string& path, Bytes limit) const {
  // A pipe that nobody writes to would hold its reader for ever.
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return fail_errno(path, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail_errno(path, errno);
  if (S_ISDIR(status.st_mode)) return fail_errno(path, EISDIR);
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::InvalidInput, fmt::format("{}: is not a regular file", path));
  std::string content;
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read(2)
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(path, errno);
    if (count == 0) return content;
    if (content.size() + static_cast<std::size_t>(count) > limit.count) {
      return fail(ErrorKind::InvalidInput, fmt::format("{}: larger than {}", path, format_bytes(limit)));
    }
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

Result<void> RealFiles::write_atomic(const std::string& path, std::string_view content, unsigned mode) {
  // A random name, made anew (O_EXCL): nobody can lay a link there, and what a crash left is not in the way.
  constexpr std::string_view kSuffix = ".tmp";
  std::string temporary = fmt::format("{}.XXXXXX{}", path, kSuffix);
  Descriptor fd(::mkostemps(temporary.data(), static_cast<int>(kSuffix.size()), O_CLOEXEC));
  if (!fd.valid()) return fail_errno(path, errno);
  int error = write_synced(fd, content, mode);
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    return fail_errno(path, error);
  }
  const int sync_error = sync_folder(folder_of(path));
  if (sync_error != 0) return fail_errno(folder_of(path), sync_error);
  return {};
}

Result<void> RealFiles::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return fail_errno(path, errno);
  return {};
}

bool RealFiles::exists(const std::string& path) const {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

Result<void> RealFiles::make_directories(const std::string& path, unsigned mode) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST)
      return fail_errno(part, errno);
    if (slash == std::string::npos) break;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return fail_errno(path, errno);
  if (!S_ISDIR(status.st_mode)) return fail_errno(path, ENOTDIR);
  return {};
}

Result<std::vector<std::string>> RealFiles::glob(const std::string& pattern) const {
  glob_t matches{};
  // A folder that is not there matches nothing; one that must not be read is an error.
  const auto refuse = [](const char*, int error) { return error == ENOENT || error == ENOTDIR ? 0 : 1; };
  const int code = ::glob(pattern.c_str(), 0, refuse, &matches);
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < matches.gl_pathc; ++i) paths.emplace_back(matches.gl_pathv[i]);
  ::globfree(&matches);
  if (code == GLOB_NOSPACE) return fail(ErrorKind::Unavailable, fmt::format("{}: out of memory", pattern));
  if (code == GLOB_ABORTED)
    return fail(ErrorKind::Denied, fmt::format("{}: a folder cannot be read", pattern));
  return paths;
}

Result<std::int64_t> RealFiles::modified(const std::string& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return fail_errno(path, errno);
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

std::string resolve_beside(const std::string& base, const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::size_t slash = base.rfind('/');
  return slash == std::string::npos ? path : base.substr(0, slash + 1) + path;
}

}  // namespace picket
