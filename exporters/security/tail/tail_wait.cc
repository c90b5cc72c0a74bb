#include "exporters/security/tail/tail_wait.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace picket::security {
namespace {

constexpr Duration kPoll = std::chrono::milliseconds(250);
constexpr Duration kBurst = std::chrono::milliseconds(20);
constexpr std::uint32_t kOfFolders = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
constexpr std::uint32_t kOfFiles = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF;

/// Whether `fd` became readable.
bool wait_for(int fd, Duration timeout) {
  pollfd entry{fd, POLLIN, 0};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return poll(&entry, 1, static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, 3'600'000))) > 0;
}

}  // namespace

TailWait::TailWait() {
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  inotify_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (inotify_ < 0) poll_from_now_on(errno);
}

TailWait::~TailWait() {
  if (inotify_ >= 0) close(inotify_);
  if (wake_ >= 0) close(wake_);
}

void TailWait::wake() {
  eventfd_write(wake_, 1);
}

void TailWait::poll_from_now_on(int error) {
  polling_ = std::strerror(error);
  if (error == EMFILE) polling_ = "no inotify instance left (fs.inotify.max_user_instances, or open files)";
  if (error == ENOSPC) polling_ = "no inotify watch left (fs.inotify.max_user_watches)";
  if (inotify_ >= 0) close(inotify_);
  inotify_ = -1;
  watches_.clear();
}

void TailWait::watch(const TailWatched& watched) {
  const std::map<int, bool> before = std::exchange(watches_, {});
  for (const std::string& folder : watched.folders) add(folder, kOfFolders);
  for (const std::string& file : watched.files) add(file, kOfFiles);
  if (inotify_ < 0) return;
  for (const auto& [watch, is_folder] : before) {
    if (!watches_.contains(watch)) inotify_rm_watch(inotify_, watch);
  }
}

void TailWait::add(const std::string& path, std::uint32_t mask) {
  if (inotify_ < 0) return;
  const int watch = inotify_add_watch(inotify_, path.c_str(), mask);
  if (watch >= 0) {
    watches_[watch] = mask == kOfFolders;
  } else if (errno == ENOSPC || errno == ENOMEM) {
    poll_from_now_on(errno);
  }  // else it is not there, or not to be read: the folder, or the rescan, tells when that changes
}

TailWait::Why TailWait::wait(Duration timeout) {
  eventfd_t count = 0;
  if (inotify_ < 0) {
    if (!wait_for(wake_, std::min(timeout, kPoll))) return Why::Time;
    eventfd_read(wake_, &count);
    return Why::Woken;
  }
  std::array<pollfd, 2> entries{{{wake_, POLLIN, 0}, {inotify_, POLLIN, 0}}};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  const int ready = poll(entries.data(), entries.size(),
                         static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, 3'600'000)));
  if (ready <= 0) return Why::Time;
  // What comes right behind it is read together with it.
  const bool woken = entries[0].revents != 0 || wait_for(wake_, std::min(timeout, kBurst));
  const Why why = drain();
  if (woken) eventfd_read(wake_, &count);
  return woken && why == Why::Time ? Why::Woken : why;
}

/// Folders when any of the changes is a folder's, Time when there is none.
TailWait::Why TailWait::drain() {
  Why why = Why::Time;
  alignas(inotify_event) std::array<char, 16384> events;
  for (ssize_t got = 0; (got = ::read(inotify_, events.data(), events.size())) > 0;) {
    for (const char* at = events.data(); at < events.data() + got;) {
      inotify_event event;
      std::memcpy(&event, at, sizeof event);
      at += sizeof event + event.len;
      if ((event.mask & IN_IGNORED) != 0) continue;  // a watch that ended
      const auto watch = watches_.find(event.wd);
      const bool of_folder = (event.mask & IN_Q_OVERFLOW) != 0 || (watch != watches_.end() && watch->second);
      if (of_folder) why = Why::Folders;
      if (why == Why::Time) why = Why::Files;
    }
  }
  return why;
}

}  // namespace picket::security
