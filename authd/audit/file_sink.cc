#include "authd/audit/file_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace picket::authd {
namespace {

Failure write_fault(const std::string& path) {
  return fail(ErrorKind::Unavailable,
              fmt::format("writing {}: {}", path, std::generic_category().message(errno)));
}

}  // namespace

void FileSink::reload(std::string path) {
  const MutexLock lock(mutex_);
  path_.swap(path);
}

Result<void> FileSink::write_line(std::string_view line) const {
  constexpr int kMode = 0640;  // the shipper's group reads
  std::string path;
  {
    const MutexLock lock(mutex_);
    path = path_;
  }
  if (path.empty()) return {};
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode);
  if (file < 0) return write_fault(path);
  const std::string text = std::string(line) + "\n";
  const ssize_t written = ::write(file, text.data(), text.size());
  Result<void> done = written < 0 ? Result<void>(write_fault(path)) : Result<void>();
  ::close(file);
  if (done && static_cast<std::size_t>(written) != text.size()) {
    return fail(ErrorKind::Unavailable, fmt::format("writing {}: cut short", path));
  }
  return done;
}

}  // namespace picket::authd
