#include "exporters/health/probers/file_visit.h"

#include <filesystem>
#include <system_error>

#include "base/exec/mutex.h"

namespace picket::health {
namespace {

constexpr const char* kMountinfo = "/proc/self/mountinfo";
constexpr int kMostLinks = 40;  // path_resolution(7)

namespace fs = std::filesystem;

/// `path` with its first symbolic link below `mountpoint` replaced by what it points to; "" when none is.
std::string follow_link(const std::string& path, const std::string& mountpoint) {
  fs::path so_far;
  const fs::path whole(path);
  for (auto part = whole.begin(); part != whole.end(); ++part) {
    so_far /= *part;
    if (so_far.native().size() <= mountpoint.size()) continue;
    std::error_code error;
    fs::path target = fs::read_symlink(so_far, error);
    if (error) continue;
    target = so_far.parent_path() / target;
    for (auto rest = std::next(part); rest != whole.end(); ++rest) target /= *rest;
    return target.lexically_normal().native();
  }
  return "";
}

class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(const ProberServices& services, FileVisit visit, Deadline deadline, Prober::Done done)
      : visit_(std::move(visit)),
        deadline_(deadline),
        lanes_(services.mounts),
        mountinfo_(services.files.read(kMountinfo, 4_MiB).value_or("")),
        done_(std::move(done)) {}

  void start(const std::string& path) {
    const Mount mount = find_mount(mountinfo_, path);
    {
      const MutexLock lock(mutex_);
      mount_ = mount;
      begun_ = {};
    }
    const Result<void> running = lanes_->run(
        mount.id, deadline_, [self = shared_from_this(), path, mount] { self->work(path, mount); });
    if (running) return;
    if (running.error().kind == ErrorKind::Timeout) return answer(visit_.stalled(mount));
    fail(running.error().message);
  }

  void late() {
    Mount mount;
    bool begun = false;
    {
      const MutexLock lock(mutex_);
      mount = mount_;
      begun = begun_ != MonoTime{};
    }
    if (begun || lanes_->hangs(mount.id)) return answer(visit_.stalled(mount));
    fail("other checks of the same file system are still busy");
  }

 private:
  void work(const std::string& path, const Mount& mount) {
    {
      const MutexLock lock(mutex_);
      if (!done_) return;
      begun_ = clock_.mono();
    }
    const std::string elsewhere = follow_link(path, mount.mountpoint);
    if (!elsewhere.empty() && ++links_ <= kMostLinks) return start(elsewhere);
    answer(visit_.look(mount));
  }

  void fail(std::string why) {
    ProbeResult result;
    result.fail_with(FailureReason::Internal, std::move(why));
    answer(std::move(result));
  }

  void answer(ProbeResult result) {
    Prober::Done done;
    {
      const MutexLock lock(mutex_);
      done = std::exchange(done_, nullptr);
      if (begun_ != MonoTime{}) result.duration = clock_.mono() - begun_;
    }
    if (done) done(std::move(result));
  }

  const FileVisit visit_;
  const Deadline deadline_;
  const SystemClock clock_;
  const std::shared_ptr<MountLanes> lanes_;
  const std::string mountinfo_;
  int links_ = 0;

  Mutex mutex_;
  Prober::Done done_ GUARDED_BY(mutex_);
  Mount mount_ GUARDED_BY(mutex_);
  MonoTime begun_ GUARDED_BY(mutex_){};
};

}  // namespace

void visit(const ProberServices& services, FileVisit visit, Deadline deadline, Prober::Done done) {
  const std::string path = fs::path(visit.path).lexically_normal().native();
  const auto run = std::make_shared<Run>(services, std::move(visit), deadline, std::move(done));
  services.scheduler.at(deadline.at, [run] { run->late(); });
  run->start(path);
}

}  // namespace picket::health
