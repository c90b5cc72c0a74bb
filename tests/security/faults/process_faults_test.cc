// security_exporter itself in trouble: no disk, a folder that takes nothing, damaged state, no descriptors, no
// memory, stormed by those who scrape it.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <list>
#include <thread>

#include "tests/http/raw_client.h"
#include "tests/security/faults/fault_fixture.h"
#include "tests/support/sanitized.h"

namespace picket::security {
namespace {

using testing::HasSubstr;

constexpr const char* kGet = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kUnsaved = R"(security_log_checkpoint_failures_total{source="web"})";
constexpr const char* kNotStored = "its position is not stored: ";

class ProcessFaults : public SecurityFaults {
 protected:
  void start_with(int lines, const std::string& more = "") {
    configure(more);
    append(lines);
    exporter_.start();
    ASSERT_TRUE(exporter_.shows(kLines, written_)) << exporter_.process().errors();
  }
  std::string state(const std::string& name = "web.state") const { return "data/sources/" + name; }
  int files_with(const std::string& begin) const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(exporter_.file("data/sources")))
      count += entry.path().filename().string().starts_with(begin) ? 1 : 0;
    return count;
  }
};

TEST_F(ProcessFaults, Fault32AFullDiskIsToldServesOnAndStoresAgainWhenThereIsRoom) {
  start_with(100);
  ASSERT_TRUE(exporter_.reaches(R"(security_log_checkpoint_timestamp_seconds{source="web"})", 1));
  limit(RLIMIT_FSIZE, 0);
  append(100);
  EXPECT_TRUE(exporter_.shows(kLines, 200)) << exporter_.process().errors();
  EXPECT_TRUE(exporter_.reaches(kUnsaved, 1));
  EXPECT_TRUE(warns_of(kNotStored)) << warnings();
  EXPECT_TRUE(warns_of("events are not stored: ")) << warnings();
  EXPECT_EQ(test::http_get(exporter_.url("/-/ready")).status, 200);
  EXPECT_EQ(test::http_get(exporter_.url("/")).status, 200);
  limit(RLIMIT_FSIZE, RLIM_INFINITY);
  EXPECT_TRUE(warns_no_more_of(kNotStored)) << exporter_.process().errors();
  EXPECT_TRUE(warns_no_more_of("events are not stored: ")) << warnings();
  EXPECT_TRUE(exporter_.shows("security_events_waiting", 0));
  EXPECT_TRUE(exporter_.reaches("security_events_written_total", 20));
  exporter_.process().kill9();
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kLines, 200));
  EXPECT_TRUE(exporter_.shows(kAttacks, 20));
}

TEST_F(ProcessFaults, Fault32AFolderThatTakesNothingIsToldAndLogsAreReadAllTheSame) {
  configure();
  append(100);
  std::vector<std::string> command = exporter_.command();
  command[4] = "/proc/picket";  // nobody may make anything there
  test::Process process(command);
  EXPECT_TRUE(exporter_.shows(kLines, 100)) << process.errors();
  append(100);
  EXPECT_TRUE(exporter_.shows(kLines, 200)) << process.errors();
  EXPECT_TRUE(exporter_.reaches(kUnsaved, 1));
  EXPECT_TRUE(warns_of(kNotStored)) << warnings();
  EXPECT_TRUE(warns_of("events are not stored: ")) << warnings();
  EXPECT_THAT(process.errors(), HasSubstr("positions in logs cannot be stored"));
  EXPECT_EQ(test::http_get(exporter_.url("/-/ready")).status, 200);
  EXPECT_EQ(process.stop(), 0);
}

TEST_F(ProcessFaults, Fault32ATornStateFallsBackToTheOneBeforeAndIsKept) {
  start_with(100, "events: {retention: 3650d}\n");
  ASSERT_EQ(exporter_.process().stop(), 0);
  const std::string log = exporter_.file("access.log"), rotated = exporter_.file("access.log.1");
  std::filesystem::rename(log, rotated);
  exporter_.start();
  ASSERT_TRUE(exporter_.reaches(R"(security_log_checkpoint_timestamp_seconds{source="web"})", 1));
  append(100);
  ASSERT_TRUE(exporter_.shows(kLines, 200)) << exporter_.process().errors();
  ASSERT_EQ(exporter_.process().stop(), 0);
  std::filesystem::remove(rotated);  // only the state knows of it now
  const std::string whole = exporter_.dir().read(state());
  std::string changed = whole;
  changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] ^ 1);
  for (const std::string& text : {std::string(), std::string("x"), whole.substr(0, whole.size() / 2),
                                  whole + "x", changed, std::string(whole.size(), '\0')}) {
    exporter_.dir().write(state(), text);
    exporter_.start();
    EXPECT_TRUE(exporter_.shows(kLines, 200)) << text.size() << exporter_.process().errors();
    EXPECT_TRUE(exporter_.shows(kAttacks, 20)) << text.size();
    EXPECT_THAT(exporter_.process().errors(), HasSubstr("the stored state of a source cannot be used"));
    EXPECT_GE(files_with("web.state.damaged-"), 1);
    ASSERT_EQ(exporter_.process().stop(), 0);
  }
  // Both are torn: what is left is read again, from its beginning.
  exporter_.dir().write(state(), changed);
  exporter_.dir().write(state("web.state.previous"), "");
  exporter_.start();
  EXPECT_TRUE(exporter_.shows(kLines, 100)) << exporter_.process().errors();
  EXPECT_TRUE(exporter_.shows("security_events_stored", 20));  // each once
}

TEST_F(ProcessFaults, Fault34WithoutDescriptorsItGoesOnAndLosesNothing) {
  start_with(100);
  limit(RLIMIT_NOFILE, 3);
  std::list<test::RawClient> waiting;  // in the kernel
  for (int i = 0; i < 20; ++i) waiting.emplace_back(port()).send(kGet);
  append(50);
  std::filesystem::rename(exporter_.file("access.log"), exporter_.file("access.log.1"));
  append(50);
  EXPECT_TRUE(exporter_.process().running());
  limit(RLIMIT_NOFILE, 1024);
  EXPECT_TRUE(exporter_.shows(kLines, 200)) << exporter_.process().errors();
  for (test::RawClient& client : waiting) EXPECT_EQ(client.response().status, 200);
  EXPECT_TRUE(exporter_.shows(R"(security_log_lost_bytes_total{source="web"})", 0));
}

#ifndef PICKET_SANITIZED  // whose shadow alone is larger than any limit of the address space
TEST_F(ProcessFaults, Fault34WithLittleAddressSpaceItReadsOn) {
  start_with(100);
  limit(RLIMIT_AS, static_cast<rlim_t>(exporter_.status_of("VmSize") + 30'000) * 1024);
  append_text(std::string(64 << 20, 'x'));
  append_text("\n");
  for (int i = 0; i < 20; ++i) append(1000);
  EXPECT_TRUE(exporter_.shows(kLines, written_ + 1)) << exporter_.process().errors();
  EXPECT_TRUE(exporter_.shows(kAttacks, attacks()));
}
#endif

/// A connection from that address of the machine; -1 when there is none.
int connect_from(const char* address, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in from{}, to{};
  from.sin_family = to.sin_family = AF_INET;
  ::inet_pton(AF_INET, address, &from.sin_addr);
  ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  to.sin_port = htons(port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0 &&
      ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
    return fd;
  ::close(fd);
  return -1;
}

/// Many of them, that say nothing.
class IdleConnections {
 public:
  IdleConnections(const char* address, std::uint16_t port, int count) {
    for (int i = 0; i < count; ++i) {
      const int fd = connect_from(address, port);
      if (fd >= 0) open_.push_back(fd);
    }
  }
  ~IdleConnections() {
    for (const int fd : open_) ::close(fd);
  }
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;
  std::size_t count() const { return open_.size(); }

 private:
  std::vector<int> open_;
};

class ScrapeStorm : public ProcessFaults {
 protected:
  static constexpr const char* kTurnedAway =
      R"(security_exporter_http_rejected_requests_total{reason="max_connections"})";
  /// Descriptors of this process, for as many connections.
  static void raise_own_limit() {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    ASSERT_GT(limit.rlim_cur, 12'000U);
  }
  /// They take nothing of what they asked for.
  std::list<test::RawClient> slow_readers(int count) const {
    std::list<test::RawClient> slow;
    for (int i = 0; i < count; ++i) {
      slow.emplace_back(port()).shrink_receive_buffer(1024);
      slow.back().send(kGet);
    }
    return slow;
  }
};

TEST_F(ScrapeStorm, Fault36TwoHundredAtATimeBesideReadersThatTakeNothingHoldUpNoLine) {
  start_with(100);
  const std::list<test::RawClient> slow = slow_readers(50);
  std::atomic<int> good{0}, bad{0};
  std::atomic<bool> is_over{false};
  {
    std::vector<std::jthread> scrapers;
    scrapers.reserve(200);
    for (int i = 0; i < 200; ++i) {
      scrapers.emplace_back([&] {
        do {
          const std::string scrape = exporter_.scrape();
          const auto lines = RunningSecurityExporter::value_in(scrape, kLines);
          ++(lines && scrape.ends_with('\n') ? good : bad);
          if (lines == 1100) is_over = true;
        } while (!is_over && bad < 1000);
      });
    }
    for (int i = 0; i < 100; ++i) append(10);
  }
  EXPECT_TRUE(is_over);
  EXPECT_GE(good, 200);
  EXPECT_EQ(bad, 0);
  EXPECT_TRUE(exporter_.shows(kAttacks, 110));
  EXPECT_LT(exporter_.status_of("VmHWM"), test::memory_limit(300'000));
}

TEST_F(ScrapeStorm, Fault36HeadsOf64KilobytesAreRefusedAndPipelinesAnswered) {
  start_with(100);
  for (int i = 0; i < 20; ++i) {
    test::RawClient client(port());
    const auto answer =
        client.ask("GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + std::string(64 << 10, 'a') + "\r\n\r\n");
    EXPECT_EQ(answer.status, 431);
  }
  test::RawClient client(port());
  std::string pipeline;
  for (int i = 0; i < 100; ++i) pipeline += kGet;
  client.send(pipeline);
  for (int i = 0; i < 100; ++i) {
    const test::RawResponse answer = client.response();
    ASSERT_EQ(answer.status, 200) << i;
    EXPECT_EQ(RunningSecurityExporter::value_in("\n" + answer.body, kLines), 100);
  }
  EXPECT_TRUE(exporter_.reaches(R"(security_exporter_http_rejected_requests_total{reason="too_large"})", 20));
}

TEST_F(ScrapeStorm, Fault36TenThousandIdleConnectionsOfOneAddressLeaveRoomForOthers) {
  raise_own_limit();
  start_with(100);
  const long memory = exporter_.status_of("VmRSS");
  const IdleConnections idle("127.0.0.2", port(), 10'000);
  EXPECT_GT(idle.count(), 9000U);  // taken, and most turned away at once
  append(100);
  EXPECT_TRUE(exporter_.shows(kLines, 200)) << exporter_.process().errors();
  EXPECT_TRUE(exporter_.reaches(kTurnedAway, 2000));
  EXPECT_LT(exporter_.status_of("VmRSS"), memory + test::memory_limit(150'000));
}

TEST_F(ScrapeStorm, Fault36IdleConnectionsOfManyAddressesEndAndMeanwhileLinesAreRead) {
  raise_own_limit();
  start_with(100);
  std::list<IdleConnections> idle;
  for (const char* address : {"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"})
    idle.emplace_back(address, port(), 2500);
  append(100);
  // Whoever says nothing is cut off; then there is room, though not one of them has gone.
  EXPECT_TRUE(exporter_.shows(kLines, 200)) << exporter_.process().errors();
  EXPECT_TRUE(exporter_.reaches(kTurnedAway, 1000));
}

}  // namespace
}  // namespace picket::security
