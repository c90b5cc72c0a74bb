// The parts of a daemon one by one, and what it tells systemd.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/daemon/cleanup_stack.h"
#include "base/daemon/clock_watch.h"
#include "base/daemon/lifecycle.h"
#include "base/daemon/startup_memory.h"
#include "base/metrics/exposition.h"
#include "base/text/strings.h"
#include "tests/daemon/running_daemon.h"
#include "tests/support/certificates.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/wait.h"

namespace picket {
namespace {

using std::chrono::seconds;
using test::ManualScheduler;
using test::RunningDaemon;

TEST(CleanupStack, RunsInReverseOrderAndOnce) {
  const test::ManualClock clock;
  std::vector<std::string> lines;
  Logger log({LogLevel::Debug, LogFormat::Logfmt, 20}, clock,
             [&](std::string_view line) { lines.emplace_back(line); });
  std::string order;
  {
    CleanupStack stack(log, clock);
    stack.push("first", [&] { order += '1'; });
    stack.push("second", [&] { order += '2'; });
    stack.run();
    EXPECT_EQ(order, "21");
    stack.push("third", [&] { order += '3'; });
  }
  EXPECT_EQ(order, "213");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_NE(lines[0].find("what=second"), std::string::npos) << lines[0];
}

long resident_file_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
  }
  return 0;
}

TEST(StartupMemory, GoesBackAndWhatIsNeededComesAgain) {
  const long before = resident_file_kilobytes();
  const std::size_t released = release_startup_memory();
  const long after = resident_file_kilobytes();
  EXPECT_GT(released, 1U << 20U);
  EXPECT_LT(after, before / 2) << before << " KiB before";
  EXPECT_EQ(release_startup_memory(), released);  // the program runs on, and can do it again
}

std::string clock_jumps(MetricRegistry& registry) {
  Collector* const collectors[] = {&registry};
  std::string forward;
  std::string backward;
  const std::string text = encode(collectors, ExpositionFormat::Text004);
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("x_clock_jumps_total{direction=\"forward\"} ")) forward = line.substr(41);
    if (line.starts_with("x_clock_jumps_total{direction=\"backward\"} ")) backward = line.substr(42);
  }
  return forward + "," + backward;
}

TEST(ClockWatch, CountsStepsOfTheWallClock) {
  ManualScheduler scheduler;
  MetricRegistry registry;
  Logger log({}, scheduler.clock(), [](std::string_view) {});
  const ClockWatch watch("x", scheduler, registry, log);
  scheduler.advance(std::chrono::minutes(10));
  EXPECT_EQ(clock_jumps(registry), "0,0");
  scheduler.manual_clock().step_wall(std::chrono::milliseconds(1900));
  scheduler.advance(std::chrono::minutes(1));
  EXPECT_EQ(clock_jumps(registry), "0,0");
  scheduler.manual_clock().step_wall(std::chrono::hours(24));
  scheduler.advance(std::chrono::minutes(1));
  EXPECT_EQ(clock_jumps(registry), "1,0");
  scheduler.manual_clock().step_wall(-seconds(3));
  scheduler.advance(std::chrono::minutes(1));
  EXPECT_EQ(clock_jumps(registry), "1,1");
}

TEST(Lifecycle, KeepsAReloadThatComesTooEarly) {
  int reloads = 0;
  Lifecycle lifecycle([&] { ++reloads; });
  lifecycle.handle_signal(SIGHUP);
  EXPECT_EQ(reloads, 0);
  EXPECT_EQ(lifecycle.not_running_reason(), "starting");
  lifecycle.set_running();
  EXPECT_EQ(reloads, 1);
  EXPECT_EQ(lifecycle.not_running_reason(), "");
  lifecycle.handle_signal(SIGTERM);
  EXPECT_EQ(lifecycle.wait_for_stop(), "SIGTERM");
  EXPECT_EQ(lifecycle.not_running_reason(), "stopping");
  lifecycle.handle_signal(SIGHUP);
  EXPECT_EQ(reloads, 1);
}

/// Where systemd would listen for a daemon's notes.
class NotifySocket {
 public:
  NotifySocket() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    bound_ = bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~NotifySocket() { close(fd_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  bool bound() const { return bound_; }
  std::string path() const { return dir_.file("notify"); }
  bool wait_for(const std::string& state) {
    return test::wait_until(seconds(5), [&] {
      std::array<char, 512> note{};
      const ssize_t size = recv(fd_, note.data(), note.size(), 0);
      if (size > 0) notes_ += std::string(note.data(), static_cast<std::size_t>(size)) + "\n";
      return notes_.find(state) != std::string::npos;
    });
  }
  void forget() { notes_.clear(); }

 private:
  test::TempDir dir_;
  int fd_;
  bool bound_ = false;
  std::string notes_;
};

TEST(Systemd, IsToldOfReadinessReloadAndStop) {
  NotifySocket systemd;
  ASSERT_TRUE(systemd.bound());
  RunningDaemon daemon("message: one\n", {}, {{"NOTIFY_SOCKET", systemd.path()}});
  EXPECT_TRUE(systemd.wait_for("READY=1"));
  systemd.forget();
  daemon.reload();
  EXPECT_TRUE(systemd.wait_for("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_TRUE(systemd.wait_for("READY=1"));
  daemon.process().signal(SIGTERM);
  EXPECT_TRUE(systemd.wait_for("STOPPING=1"));
}

/// A listening socket that a child inherits, as systemd hands it over.
int inherited_listener(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(fd, 16) != 0) return -1;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

TEST(Systemd, HandsOverListeningSockets) {
  const test::TempDir dir;
  const std::string config = dir.write("demo.yml", "message: handed over\n");
  int port = 0;
  int other_port = 0;
  const int fd = inherited_listener(port);
  const int other = inherited_listener(other_port);
  ASSERT_GE(fd, 0);
  ASSERT_GE(other, 0);
  const std::string script = fmt::format(
      "exec 8<&{} 9<&{}; exec 3<&8 4<&9; LISTEN_PID=$$ LISTEN_FDS=2 exec {} --config.file {} "
      "--web.systemd-socket",
      fd, other, test::demo_daemon(), config);
  test::Process daemon({"/bin/bash", "-c", script});
  close(fd);
  close(other);
  for (const int each : {port, other_port}) {
    const std::string url = "http://127.0.0.1:" + std::to_string(each) + "/message";
    EXPECT_EQ(test::http_get(url).body, "handed over") << daemon.errors();
  }
  EXPECT_EQ(daemon.stop(), 0);
}

TEST(Healthcheck, WorksOverTlsAndWithPasswords) {
  const test::TempDir dir;
  test::Certificates certificates;
  const test::CertificateFiles server = certificates.server();
  const std::string web = dir.write(
      "web.yml",
      fmt::format(
          "tls_server_config: {{cert_file: {}, key_file: {}}}\n"
          "basic_auth_users: {{prom: $2y$05$abcdefghijklmnopqrstuuJzwYxBvvG7n1V8vYV3n7h4CqgWc6y6u}}\n",
          server.cert, server.key));
  RunningDaemon daemon("message: one\n", {"--web.config.file", web});
  const test::Finished checked =
      test::run_to_end({{test::demo_daemon(), "--healthcheck", "--web.config.file", web,
                         "--web.listen-address", "127.0.0.1:" + std::to_string(daemon.port())},
                        {},
                        {},
                        {}});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors << daemon.process().errors();
  test::HttpCall call;
  call.url = "https://127.0.0.1:" + std::to_string(daemon.port()) + "/message";
  EXPECT_EQ(test::http_send(call).status, 401);
}

}  // namespace
}  // namespace picket
