#include "authd/secrets/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>

#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr unsigned kPrivate = 0600;
constexpr Bytes kSizeMax = 64_KiB;

/// Denied when others may read it.
Result<void> check_mode(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const ErrorKind kind = errno == ENOENT || errno == ENOTDIR ? ErrorKind::NotFound : ErrorKind::Denied;
    return fail(kind, fmt::format("{}: {}", path, std::generic_category().message(errno)));
  }
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::InvalidInput, path + ": is no file");
  if ((status.st_mode & (S_IROTH | S_IWOTH)) == 0) return {};
  return fail(ErrorKind::Denied,
              fmt::format("{}: everybody on this machine may {} it; run: chmod 600 {}", path,
                          (status.st_mode & S_IWOTH) != 0 ? "change" : "read", path));
}

}  // namespace

std::string writable_by_others(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return "";
  return fmt::format("{}: {} may change it; run: chmod go-w {}", path,
                     (status.st_mode & S_IWOTH) != 0 ? "everybody on this machine" : "its group", path);
}

Result<void> check_private_folder(const std::string& path) {
  const std::string complaint = writable_by_others(path);
  return complaint.empty() ? Result<void>() : fail(ErrorKind::Denied, complaint);
}

Result<Secret> read_private_file(const Files& files, const std::string& path) {
  if (const auto fine = check_mode(path); !fine) return fail(fine);
  auto text = files.read(path, kSizeMax);
  if (!text) return fail(text);
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  return Secret(std::move(*text));
}

Result<void> create_private_file(Files& files, const std::string& path, std::string_view content) {
  static std::atomic<unsigned> counter{0};
  const std::string whole = fmt::format("{}.{}.{}.new", path, ::getpid(), counter++);
  if (const auto written = files.write_atomic(whole, content, kPrivate); !written) return fail(written);
  const int error = ::link(whole.c_str(), path.c_str()) == 0 ? 0 : errno;  // fails when it is there: no race
  const auto removed = files.remove(whole);
  if (error == EEXIST) return fail(ErrorKind::Conflict, path + ": is there already");
  if (error != 0) {
    return fail(ErrorKind::Unavailable, fmt::format("{}: {}", path, std::generic_category().message(error)));
  }
  if (!removed) return fail(removed);
  return {};
}

}  // namespace picket::authd
