#include "base/daemon/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/result/result.h"

namespace picket {
namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);  // the call answers with an error
  signal_fd_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  check(signal_fd_ >= 0 && wake_fd_ >= 0, "no file descriptor for signals");
}

Signals::~Signals() {
  stop();
  close(signal_fd_);
  close(wake_fd_);
}

void Signals::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  eventfd_write(wake_fd_, 1);
  thread_.join();
}

void Signals::listen(Handler handler) {
  thread_ = std::jthread(
      [this, handler = std::move(handler)](const std::stop_token& stop) { read_signals(stop, handler); });
}

void Signals::read_signals(const std::stop_token& stop, const Handler& handler) const {
  std::array<pollfd, 2> fds = {{{signal_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}}};
  while (!stop.stop_requested()) {
    poll(fds.data(), fds.size(), -1);
    signalfd_siginfo event{};
    while (read(signal_fd_, &event, sizeof event) == static_cast<ssize_t>(sizeof event)) {
      handler(static_cast<int>(event.ssi_signo));
    }
  }
}

const char* signal_name(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "signal";
  }
}

}  // namespace picket
