#include "base/sql/set_aside.h"

#include <filesystem>
#include <system_error>

#include "base/time/timestamp.h"

namespace picket::sql {

Result<std::string> set_aside(const std::string& path, WallTime now) {
  const std::string aside = fmt::format("{}.corrupt-{}", path, unix_millis(now) / 1000);
  std::error_code error;
  std::filesystem::rename(path, aside, error);
  if (error) return fail(ErrorKind::Unavailable, fmt::format("renaming {}: {}", path, error.message()));
  for (const char* suffix : {"-wal", "-shm"}) {
    std::filesystem::rename(path + suffix, aside + suffix, error);  // absent when it was closed in order
  }
  return aside;
}

}  // namespace picket::sql
