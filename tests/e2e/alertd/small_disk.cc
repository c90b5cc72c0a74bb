#include "tests/e2e/alertd/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "tests/support/give_up.h"

namespace picket::test {
namespace {

/// Mounts in a namespace of its own, so that nothing is left behind however the test ends.
bool mount_tmpfs(const std::string& folder) {
  return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("picket", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=48m,mode=0700") == 0;
}

}  // namespace

SmallDisk::SmallDisk() : is_mounted_(mount_tmpfs(dir_.path())) {}

SmallDisk::~SmallDisk() {
  if (is_mounted_) ::umount2(dir_.path().c_str(), MNT_DETACH);
}

std::vector<std::string> SmallDisk::launcher() const {
  if (is_mounted_) return {};
  // A write over the limit is to fail, not to end the process.
  return {"/bin/sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"};
}

void SmallDisk::fill(pid_t pid) {
  is_full_ = true;
  if (!is_mounted_) return limit(pid, true);
  const int ballast = ::open(dir_.file("ballast").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (ballast < 0) give_up("cannot fill the disk");
  const std::string block(4096, 'x');
  while (::write(ballast, block.data(), block.size()) > 0) continue;
  ::close(ballast);
}

void SmallDisk::make_room(pid_t pid) {
  is_full_ = false;
  if (!is_mounted_) return limit(pid, false);
  if (::unlink(dir_.file("ballast").c_str()) != 0) give_up("cannot make room on the disk");
}

void SmallDisk::used_by(pid_t pid) const {
  if (!is_mounted_ && is_full_) limit(pid, true);
}

void SmallDisk::limit(pid_t pid, bool is_on) const {
  rlimit size{};
  if (::prlimit(pid, RLIMIT_FSIZE, nullptr, &size) != 0) return;  // it has just ended
  size.rlim_cur = is_on ? 1 : size.rlim_max;
  ::prlimit(pid, RLIMIT_FSIZE, &size, nullptr);
}

}  // namespace picket::test
