// Signals as plain calls: a thread of its own reads them from a signalfd, so no handler ever interrupts
// anything. Make the one object before any other thread, so that all of them leave the signals to it.
#pragma once

#include <functional>
#include <thread>

namespace picket {

class Signals {
 public:
  /// Called on the signal thread, with SIGTERM, SIGINT or SIGHUP.
  using Handler = std::function<void(int signal)>;

  /// Blocks the three in the calling thread (threads made later inherit that), ignores SIGPIPE and SIGXFSZ.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Once. What came before is kept by the kernel and handed over now.
  void listen(Handler handler);
  /// The handler does not run any more after it. Signals stay blocked.
  void stop();

 private:
  void read_signals(const std::stop_token& stop, const Handler& handler) const;

  int signal_fd_;
  int wake_fd_;
  std::jthread thread_;
};

/// "SIGTERM".
const char* signal_name(int signal);

}  // namespace picket
