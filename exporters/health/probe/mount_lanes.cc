#include "exporters/health/probe/mount_lanes.h"

#include <deque>
#include <map>
#include <optional>
#include <system_error>
#include <thread>

#include "base/exec/mutex.h"
#include "base/exec/task_failures.h"

namespace picket::health {
namespace {

constexpr std::size_t kMostWaiting = 1024;  ///< on one mount

struct Job {
  Deadline deadline;
  std::function<void()> work;
};

}  // namespace

class MountLanes::State : public std::enable_shared_from_this<State> {
 public:
  Result<void> run(std::uint64_t mount, Job job) {
    {
      const MutexLock lock(mutex_);
      const auto [at, fresh] = lanes_.try_emplace(mount);
      Lane& lane = at->second;
      if (!fresh) {
        if (lane.running.passed(clock_)) return fail(ErrorKind::Timeout, "the file system does not answer");
        if (lane.waiting.size() >= kMostWaiting)
          return fail(ErrorKind::Limited, "too many checks wait for the file system");
        lane.waiting.push_back(std::move(job));
        return {};
      }
      lane.running = job.deadline;
    }
    return start_thread(mount, std::move(job));
  }

  bool hangs(std::uint64_t mount) const {
    const MutexLock lock(mutex_);
    const auto at = lanes_.find(mount);
    return at != lanes_.end() && at->second.running.passed(clock_);
  }

 private:
  struct Lane {
    Deadline running;  ///< of the job that the thread is in
    std::deque<Job> waiting;
  };

  Result<void> start_thread(std::uint64_t mount, Job job) {
    try {
      std::jthread([self = shared_from_this(), mount, job = std::move(job)]() mutable {
        self->work(mount, std::move(job));
      }).detach();
    } catch (const std::system_error& error) {
      const MutexLock lock(mutex_);
      lanes_.erase(mount);
      return fail(ErrorKind::Unavailable, fmt::format("no thread for the file system: {}", error.what()));
    }
    return {};
  }

  void work(std::uint64_t mount, Job first) {
    for (std::optional<Job> job = std::move(first); job; job = next(mount))
      TaskFailures::of_process().run("mount", job->work);
  }

  std::optional<Job> next(std::uint64_t mount) {
    const MutexLock lock(mutex_);
    const auto at = lanes_.find(mount);
    if (at->second.waiting.empty()) {
      lanes_.erase(at);
      return std::nullopt;
    }
    Job job = std::move(at->second.waiting.front());
    at->second.waiting.pop_front();
    at->second.running = job.deadline;
    return job;
  }

  const SystemClock clock_;
  mutable Mutex mutex_;
  std::map<std::uint64_t, Lane> lanes_ GUARDED_BY(mutex_);  ///< of the mounts that have a thread
};

MountLanes::MountLanes() : state_(std::make_shared<State>()) {}

Result<void> MountLanes::run(std::uint64_t mount, Deadline deadline, std::function<void()> work) {
  return state_->run(mount, {deadline, std::move(work)});
}

bool MountLanes::hangs(std::uint64_t mount) const {
  return state_->hangs(mount);
}

}  // namespace picket::health
