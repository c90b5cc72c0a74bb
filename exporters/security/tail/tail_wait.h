// Lets a source's thread sleep until its files change: inotify, or a look every 250 ms where the system gives
// no watches. wait() and watch() belong to one thread; wake() is safe from any.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/text/duration.h"
#include "exporters/security/tail/file_tail.h"

namespace picket::security {

class TailWait {
 public:
  enum class Why : std::uint8_t {
    Files,    ///< something was written
    Folders,  ///< a file came or went: rescan() before reading
    Woken,    ///< by wake()
    Time      ///< nothing, so far as is known: read all the same
  };

  TailWait();
  ~TailWait();
  TailWait(const TailWait&) = delete;
  TailWait& operator=(const TailWait&) = delete;

  /// What to wait for from now on; cheap when it is the same as before.
  void watch(const TailWatched& watched);
  /// At most `timeout`; 250 ms when polling. Changes that come in a burst are one.
  Why wait(Duration timeout);
  void wake();  ///< the running wait(), or the next one, ends at once

  /// Empty with inotify; else why it polls: "no inotify watch left (fs.inotify.max_user_watches)".
  const std::string& polling() const { return polling_; }

 private:
  void add(const std::string& path, std::uint32_t mask);
  void poll_from_now_on(int error);
  Why drain();

  int inotify_ = -1;
  int wake_ = -1;
  std::string polling_;
  std::map<int, bool> watches_;  ///< descriptor of the watch: is it a folder's
};

}  // namespace picket::security
