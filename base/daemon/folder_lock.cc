#include "base/daemon/folder_lock.h"

#include <filesystem>
#include <utility>

namespace picket {
namespace {

constexpr unsigned kPrivate = 0700;

}  // namespace

FolderLock::FolderLock(Files& files, std::string lock_file)
    : files_(files), lock_file_(std::move(lock_file)) {}

Result<void> FolderLock::claim() {
  Result<void> held = hold();
  if (!held && held.error().kind == ErrorKind::Conflict) return held;
  return {};
}

Result<void> FolderLock::hold() {
  if (lock_ || lock_file_.empty()) return {};
  const std::string folder = std::filesystem::path(lock_file_).parent_path().string();
  if (!folder.empty()) {
    if (Result<void> made = files_.make_directories(folder, kPrivate); !made) return made;
  }
  Result<LockFile> lock = LockFile::acquire(lock_file_);
  if (!lock) return fail(lock);
  lock_ = std::move(*lock);
  return {};
}

}  // namespace picket
