// A PostgreSQL that sends too much, dies in the middle of a result, or hangs: nothing of the result is taken,
// and nobody waits for longer than they said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "base/sql/source.h"
#include "tests/support/postgres_server.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using sql::ReadFailure;
using sql::ReadLimits;
using sql::Source;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::unique_ptr<Source> connect_to(int port, Duration patience = seconds(5)) {
  sql::Dsn dsn = *sql::Dsn::parse("postgresql://postgres@127.0.0.1:" + std::to_string(port) + "/postgres");
  dsn.connect_timeout = patience;
  auto source = Source::connect(dsn);
  return source ? std::move(*source) : nullptr;
}

/// Of this process, in KiB: the most memory since forget_peak().
std::int64_t peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::int64_t kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib;
  }
  return 0;
}
void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

TEST(PostgresSourceFault, AHugeValueIsGivenUpLongBeforeItIsWhole) {
  const auto source = connect_to(PostgresServer::shared().port());
  ReadLimits limits;
  limits.timeout = seconds(60);
  forget_peak();
  const std::int64_t before = peak_kib();
  for (const char* statement :
       {"SELECT repeat('x', 400000000)", "SELECT repeat('x', 40000000) FROM generate_series(1, 10)",
        "SELECT repeat('x', CASE WHEN i < 100 THEN 1 ELSE 4000000 END) FROM "
        "generate_series(1, 1000) i"}) {
    const auto again = connect_to(PostgresServer::shared().port());
    const auto rows = again->read(statement, limits);
    ASSERT_FALSE(rows) << statement;
    EXPECT_EQ(rows.error().reason, ReadFailure::Cardinality) << rows.error().message;
    EXPECT_EQ(rows.error().message, "the result has more than 4MiB");
  }
  EXPECT_LT(peak_kib() - before, 200'000);
}

TEST(PostgresSourceFault, WhatIsWithinTheLimitsPasses) {
  const auto source = connect_to(PostgresServer::shared().port());
  ReadLimits limits;
  limits.bytes = 1_KiB;
  const auto rows = source->read(
      "SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM generate_series(1, 10000)", limits);
  EXPECT_TRUE(rows) << rows.error().message;
}

TEST(PostgresSourceFault, AConnectionCutAnywhereInAResultLosesItWhole) {
  TcpProxy proxy(PostgresServer::shared().port());
  const std::string statement = "SELECT i, 'row number ' || i FROM generate_series(1, 200) i";
  std::int64_t whole = 0;
  {
    const auto source = connect_to(proxy.port());
    const std::int64_t before = proxy.passed();
    ASSERT_TRUE(source->read(statement, {}));
    whole = proxy.passed() - before;
  }
  ASSERT_GT(whole, 5000);
  for (std::int64_t cut = 1; cut < whole; cut += 211) {
    proxy.pass(1'000'000'000, TcpProxy::Then::Cut);
    const auto source = connect_to(proxy.port());
    ASSERT_NE(source, nullptr);
    proxy.pass(cut, TcpProxy::Then::Cut);
    const auto rows = source->read(statement, {});
    ASSERT_FALSE(rows) << cut;
    EXPECT_EQ(rows.error().reason, ReadFailure::Connect) << rows.error().message;
    EXPECT_FALSE(source->usable());
  }
}

TEST(PostgresSourceFault, AServerThatFallsSilentInAResultIsGivenUp) {
  TcpProxy proxy(PostgresServer::shared().port());
  const auto source = connect_to(proxy.port());
  ReadLimits limits;
  limits.timeout = milliseconds(100);
  proxy.pass(700, TcpProxy::Then::Stall);
  const auto rows = source->read("SELECT i FROM generate_series(1, 5000) i", limits);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().reason, ReadFailure::Connect) << rows.error().message;
  EXPECT_FALSE(source->usable());
}

TEST(PostgresSourceFault, AServerThatNeverAnswersIsNoConnection) {
  TcpProxy proxy(PostgresServer::shared().port());
  proxy.pass(0, TcpProxy::Then::Stall);
  EXPECT_EQ(connect_to(proxy.port(), seconds(1)), nullptr);
}

TEST(PostgresSourceFault, ACancelDoesNotWaitForAServerThatHangs) {
  TcpProxy proxy(PostgresServer::shared().port());
  const auto source = connect_to(proxy.port());
  ReadLimits limits;
  limits.timeout = seconds(900);
  const std::int64_t before = proxy.passed();
  std::atomic<bool> ended{false};
  const std::jthread reader([&] {
    const auto rows = source->read("SELECT pg_sleep(900)", limits);
    EXPECT_FALSE(rows);
    ended = true;
  });
  // The answers to BEGIN, SET and DECLARE have come.
  ASSERT_TRUE(wait_until(seconds(10), [&] { return proxy.passed() > before + 100; }));
  proxy.pass(0, TcpProxy::Then::Stall);
  EXPECT_TRUE(wait_until(seconds(30), milliseconds(500), [&] {
    source->cancel();
    return ended.load();
  }));
}

}  // namespace
}  // namespace picket::test
