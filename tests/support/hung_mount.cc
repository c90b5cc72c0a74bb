#include "tests/support/hung_mount.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/give_up.h"

namespace picket::test {

HungMount::HungMount() : path_(dir_.file("hung")), fuse_(open("/dev/fuse", O_RDWR | O_CLOEXEC)) {
  if (fuse_ < 0)
    give_up("skipped: no file system can hang here: there is no /dev/fuse that this user may open");
  const std::string options = fmt::format("fd={},rootmode=40000,user_id=0,group_id=0", fuse_);
  if (mkdir(path_.c_str(), 0700) != 0 || unshare(CLONE_NEWNS) != 0 ||
      mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("hung", path_.c_str(), "fuse", 0, options.c_str()) != 0)
    give_up("skipped: no file system can hang here: this user may not mount FUSE");
}

HungMount::~HungMount() {
  close(fuse_);
  umount2(path_.c_str(), MNT_DETACH);
}

}  // namespace picket::test
