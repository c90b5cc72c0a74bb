// Logs in which every line names something that none before it named.
#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "authd/audit/chain.h"
#include "authd/audit/event.h"
#include "tests/http/raw_client.h"
#include "tests/security/faults/fault_fixture.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/nginx_server.h"
#include "tests/support/sanitized.h"

namespace picket::security {
namespace {

using testing::HasSubstr;

constexpr int kMany = test::kSanitized ? 100'000 : 1'000'000;
constexpr int kOnce = test::kSanitized ? 10'000 : 50'000;  ///< lines in one write

/// Every series of the signals and the logs, with its labels; not those of the exporter's own requests.
std::set<std::string> series_of(const std::string& scrape) {
  std::set<std::string> all;
  std::istringstream lines(scrape);
  for (std::string line; std::getline(lines, line);) {
    const bool is_own = line.starts_with("security_exporter_");
    if (line.starts_with("security_") && !is_own) all.insert(line.substr(0, line.rfind(' ')));
  }
  return all;
}

std::string address(int number) {
  return fmt::format("{}.{}.{}.{}", 11 + (number >> 24), number >> 16 & 255, number >> 8 & 255, number & 255);
}

class DistinctNames : public SecurityFaults {
 protected:
  /// Lines `from` to `to`, in one write.
  template <class Line>
  void write(int from, int to, const std::string& file, const Line& line) const {
    std::string text;
    for (int i = from; i < to; ++i) text += line(i) + "\n";
    append_text(text, file);
  }
  std::string audited(int number) {
    const std::string name = std::to_string(number);
    authd::AuditEvent event{
        .user_id = "u" + name,
        .ip = address(number),
        .action = "a" + name + ".b",
        .result = "r" + name,
        .details = authd::audit_details({{"reason", "x" + name}, {"factor", "f" + name}})};
    event.timestamp = test::ManualClock::kStart;
    const authd::AuditEvent canonical = authd::canonical_event(std::move(event)).value();
    hash_ = authd::chain_hash(hash_, ++seq_, canonical);
    return authd::jsonl_line({seq_, canonical, hash_});
  }

 private:
  std::string hash_;
  std::int64_t seq_ = 0;
};

TEST_F(DistinctNames, Fault27AMillionUrisMethodsAndAddressesMakeNoSeriesAndTakeNoMemory) {
  const auto line = [](int i) {
    const char* attack = i % 100 == 0 ? "'+OR+1=1--" : "";
    return fmt::format(
        "{} - user{} [05/Jan/2026:12:00:00 +0000] \"M{} /p{}?q={}{} HTTP/1.1\" {} {} \"http://r{}.example/\" "
        "\"agent/{}\"",
        address(i), i, i, i, i, attack, 100 + i % 900, i, i, i);
  };
  configure();
  write(0, 1000, "access.log", line);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 1000)) << exporter_.process().errors();
  const std::set<std::string> series = series_of(exporter_.scrape());
  ASSERT_GT(series.size(), 200U);
  long full = 0;
  int written = 1000;
  while (written < kMany) {
    write(written, written + kOnce, "access.log", line);
    written += kOnce;
    ASSERT_TRUE(exporter_.reaches(kLines, written)) << exporter_.process().errors();
    // The tables of clients have been full for long then.
    if (full == 0 && written > kMany / 3) full = exporter_.status_of("VmHWM");
  }
  EXPECT_EQ(series_of(exporter_.scrape()), series);
  EXPECT_LT(exporter_.status_of("VmHWM"), full + test::memory_limit(16'000));
  const int attacks = written / 100;
  EXPECT_TRUE(exporter_.shows(kAttacks, attacks));
  EXPECT_TRUE(exporter_.reaches(R"(security_tracked_evicted_total{source="web",of="client"})", 1000));
  EXPECT_TRUE(exporter_.reaches(R"(security_events_left_out_total{source="web",kind="attack"})", 100));
}

TEST_F(DistinctNames, Fault27NamesOfEveryOtherFormatMakeNoSeriesEither) {
  const std::vector<std::pair<std::string, std::string>> sources = {{"error", "nginx_error"},
                                                                    {"auth", "auth"},
                                                                    {"json", "json"},
                                                                    {"audit", "authd_audit"},
                                                                    {"authd", "authd_log"}};
  std::string all = "sources:\n";
  for (const auto& [name, type] : sources)
    all += fmt::format("- {{name: {}, type: {}, path: \"{}\", from: start}}\n", name, type,
                       exporter_.file(name + ".log"));
  exporter_.configure(all);
  const auto append_to_all = [this](int from, int to) {
    write(from, to, "error.log", [](int i) {
      return fmt::format(
          "2026/01/05 12:00:00 [error] 7#7: *{} limiting requests, excess: 0.9 by zone \"z{}\", "
          "client: {}, server: s{}, request: \"GET /{} HTTP/1.1\", host: \"h{}\"",
          i, i, address(i), i, i, i);
    });
    write(from, to, "auth.log", [](int i) {
      return fmt::format(
          "Jan  5 12:00:00 host sshd[{}]: Failed password for invalid user u{} from {} port {} ssh2", i, i,
          address(i), i % 60'000);
    });
    write(from, to, "json.log", [](int i) {
      return fmt::format(R"({{"time":"2026-01-05T12:00:00Z","remote_addr":"{}","request_method":"M{}",)"
                         R"("request_uri":"/{}","status":{},"http_user_agent":"a{}","x{}":{}}})",
                         address(i), i, i, 100 + i * 7 % 900, i, i, i);
    });
    write(from, to, "audit.log", [this](int i) { return audited(i); });
    write(from, to, "authd.log", [](int i) {
      return fmt::format(
          "ts=2026-01-05T12:00:00Z level=warn msg=\"too many failures\" client={} tier=t{} account=u{}",
          address(i), i, i);
    });
  };
  append_to_all(0, 500);
  exporter_.start();
  const auto read = [&](double lines) {
    return std::ranges::all_of(sources, [&](const auto& source) {
      return exporter_.shows(fmt::format("security_log_lines_total{{source=\"{}\"}}", source.first), lines);
    });
  };
  ASSERT_TRUE(read(500)) << exporter_.scrape();
  // Limits have the names that the first of them gave, up to a number; what comes then is `other`.
  EXPECT_TRUE(exporter_.reaches(R"(security_rate_limit_violations_total{limit="other"})", 100));
  const std::set<std::string> series = series_of(exporter_.scrape());
  EXPECT_LT(series.size(), 2000U);
  append_to_all(500, 10'000);
  ASSERT_TRUE(read(10'000)) << exporter_.process().errors();
  EXPECT_EQ(series_of(exporter_.scrape()), series);
}

TEST_F(DistinctNames, Fault27WhatARealNginxWritesOfThem) {
  constexpr int kRequests = 3000;
  test::NginxServer nginx(
      "log_format behind '$http_x_forwarded_for - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
      "\"$http_referer\" \"$http_user_agent\"';\nserver { listen 127.0.0.1:@PORT@; access_log @DIR@/access.log "
      "behind; keepalive_requests 100000; location / { return 200 \"ok\"; } }");
  exporter_.configure(fmt::format(
      "sources: [{{name: web, path: \"{}\", from: start, client_field: \"$http_x_forwarded_for\", log_format: "
      "'$http_x_forwarded_for - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" "
      "\"$http_user_agent\"'}}]\n",
      nginx.dir().file("access.log")));
  const auto ask = [&](int from, int to) {
    test::RawClient client(static_cast<std::uint16_t>(nginx.port()));
    for (int i = from; i < to; ++i) {
      std::string method;  // nginx takes letters and "_" only
      for (int left = i + 1; left > 0; left /= 26) method += static_cast<char>('A' + left % 26);
      ASSERT_EQ(
          client
              .ask(fmt::format("X_{} /p{}?q={} HTTP/1.1\r\nHost: h{}\r\nX-Forwarded-For: {}\r\nUser-Agent: "
                               "a{}\r\n\r\n",
                               method, i, i, i, address(i), i))
              .status,
          200)
          << method;
    }
  };
  ask(0, 50);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 50)) << exporter_.process().errors();
  const std::set<std::string> series = series_of(exporter_.scrape());
  ask(50, kRequests);
  ASSERT_TRUE(exporter_.shows(kLines, kRequests)) << exporter_.scrape();
  EXPECT_EQ(series_of(exporter_.scrape()), series);
  EXPECT_THAT(exporter_.scrape(),
              HasSubstr(fmt::format(
                  "\nsecurity_http_requests_total{{source=\"web\",method=\"other\",class=\"2xx\"}} {}\n",
                  kRequests)));
}

}  // namespace
}  // namespace picket::security
