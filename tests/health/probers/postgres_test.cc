// The PostgreSQL prober against real servers, and against listeners that never answer.
#include <fmt/format.h>

#include "base/text/strings.h"
#include "tests/health/probers/prober_fixture.h"
#include "tests/net/raw_peer.h"
#include "tests/support/certificates.h"
#include "tests/support/free_port.h"
#include "tests/support/postgres_server.h"
#include "tests/support/wait.h"

namespace picket::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Accepts, and says nothing until the client goes.
test::RawPeer::Behaviour silence() {
  return [](test::RawConnection& connection) {
    while (!connection.read_some().empty()) {
    }
  };
}

class PostgresProbes : public ProberFixture {
 protected:
  std::string dsn_of(const std::string& user, const std::string& database = "postgres") const {
    return fmt::format("postgresql://{}@127.0.0.1:{}/{}", user, server_.port(), database);
  }
  static std::string check_of(const std::string& dsn, const std::string& more = "") {
    return fmt::format("{{postgres: {{dsn: \"{}\"{}}}}}", dsn, more);
  }
  /// Asks for the server process of the connection, which the detail then names.
  Made made_for_pid(const std::string& more = "") {
    return make(check_of(server_.dsn(), ", query: \"SELECT pg_backend_pid()\", min_value: 1e9" + more));
  }
  /// A user whose statistics take `time`.
  std::string slow_statistics(const std::string& user, seconds time) {
    server_.run(
        fmt::format("CREATE ROLE {0} LOGIN; CREATE SCHEMA {0} AUTHORIZATION {0}; "
                    "ALTER ROLE {0} SET search_path = {0}, pg_catalog; "
                    "CREATE VIEW {0}.pg_stat_activity AS SELECT a.* FROM pg_catalog.pg_stat_activity a, "
                    "(SELECT pg_sleep({1})) s; GRANT SELECT ON {0}.pg_stat_activity TO {0}",
                    user, time.count()));
    return dsn_of(user);
  }

  test::PostgresServer& server_ = test::PostgresServer::shared();
};

TEST_F(PostgresProbes, TargetsThatNeverAnswerHoldUpNoOther) {
  const test::RawPeer dead(silence());
  const std::string dead_dsn = fmt::format("postgresql://u@127.0.0.1:{}/x", dead.port());
  std::vector<std::future<ProbeResult>> waiting;
  waiting.reserve(30);
  for (int i = 0; i < 30; ++i) waiting.push_back(start(make(check_of(dead_dsn)), seconds(4)));
  const ProbeResult healthy = probe(check_of(server_.dsn()), seconds(2));
  EXPECT_EQ(outcome(healthy), "ok") << healthy.detail;
  const ProbeResult machine = probe("{system: {min_memory_ratio: 0}}", seconds(2));
  EXPECT_EQ(outcome(machine), "ok") << machine.detail;
  for (auto& each : waiting) {
    const ProbeResult result = each.get();
    EXPECT_EQ(outcome(result), "timeout");
    EXPECT_EQ(result.detail, "connecting: no answer in time");
  }
}

TEST_F(PostgresProbes, JudgeTheQueryAndTheConnectOnlyWhenAskedFor) {
  const std::string dsn = slow_statistics("slow_statistics", seconds(1));
  const MonoTime before = clock_.mono();
  const ProbeResult slow = probe(check_of(dsn), seconds(10));
  const Duration whole = clock_.mono() - before;
  ASSERT_EQ(outcome(slow), "ok") << slow.detail;
  EXPECT_FALSE(std::get<PostgresFacts>(slow.facts).connections.empty());
  EXPECT_GE(whole - slow.duration, seconds(1)) << "statistics are not the service's latency";

  const auto phase = [](const ProbeResult& result, Phase which) {
    return result.phases[static_cast<std::size_t>(which)].value_or(Duration::zero());
  };
  EXPECT_EQ(slow.duration, phase(slow, Phase::Request));
  const ProbeResult anew = probe(check_of(server_.dsn(), ", new_connection: true"));
  EXPECT_GT(phase(anew, Phase::Connect), Duration::zero());
  EXPECT_EQ(anew.duration, phase(anew, Phase::Connect) + phase(anew, Phase::Request));
}

TEST_F(PostgresProbes, AreUpWithoutStatisticsThatDoNotComeInTime) {
  const ProbeResult result = probe(check_of(slow_statistics("no_statistics", seconds(30))), seconds(1));
  EXPECT_EQ(outcome(result), "ok") << result.detail;
  EXPECT_LT(result.duration, seconds(1));
  EXPECT_TRUE(std::get<PostgresFacts>(result.facts).connections.empty());
}

TEST_F(PostgresProbes, KeepTheirConnectionAndMakeAnotherWhenItIsCut) {
  const Made kept = made_for_pid();
  const std::string first = probe(kept).detail;
  EXPECT_TRUE(first.starts_with("the query gave ")) << first;
  EXPECT_EQ(probe(kept).detail, first);
  server_.run(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'picket'");
  const std::string other = probe(kept).detail;
  EXPECT_TRUE(other.starts_with("the query gave ")) << other;
  EXPECT_NE(other, first);

  const Made anew = made_for_pid(", new_connection: true");
  EXPECT_NE(probe(anew).detail, probe(anew).detail);
}

TEST_F(PostgresProbes, TellCredentialsFromConnections) {
  server_.run("CREATE ROLE guarded LOGIN PASSWORD 'right'");
  server_.run("CREATE DATABASE closed");
  server_.run("REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
  server_.run(
      "DO $$ BEGIN EXECUTE format('COPY (VALUES (''host all guarded 127.0.0.1/32 scram-sha-256''), "
      "(''host all all 127.0.0.1/32 trust'')) TO %L', current_setting('hba_file')); END $$");
  server_.run("SELECT pg_reload_conf()");
  const Made wrong = make(check_of(dsn_of("guarded:wrong")));
  ASSERT_TRUE(test::wait_until(seconds(10), [&] { return !probe(wrong).success; })) << "the new pg_hba.conf";
  const test::RawPeer web([](test::RawConnection& connection) {
    connection.read_some();
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const std::vector<std::pair<std::string, std::string>> cases = {
      {dsn_of("guarded:right"), "ok"},
      {dsn_of("guarded:wrong"), "auth"},
      {dsn_of("guarded"), "auth"},
      {dsn_of("guarded:right", "closed"), "auth"},
      {dsn_of("postgres", "missing"), "auth"},
      {dsn_of("nobody"), "auth"},
      {fmt::format("postgresql://u@127.0.0.1:{}/x", test::free_port()), "connect"},
      {fmt::format("postgresql://u@127.0.0.1:{}/x", web.port()), "protocol"},
      {"postgresql://u@name.invalid/x", "resolve"},
      {"postgresql://u@169.254.169.254/x", "policy"},
  };
  for (const auto& [dsn, expected] : cases) {
    const ProbeResult result = probe(check_of(dsn));
    EXPECT_EQ(outcome(result), expected) << dsn << ": " << result.detail;
    EXPECT_EQ(result.detail.find("LOCATION"), std::string::npos) << result.detail;
  }
  const ProbeResult denied =
      probe(check_of(server_.dsn(), ", query: \"SET ROLE guarded; SELECT * FROM pg_authid\""));
  EXPECT_EQ(outcome(denied), "auth") << denied.detail;
}

TEST_F(PostgresProbes, SpeakTlsAndTellBadCertificates) {
  EXPECT_EQ(outcome(probe(check_of(dsn_of("postgres") + "?sslmode=require"))), "tls");
  test::Certificates certificates;
  const test::CertificateFiles own = certificates.server();
  for (const auto& [name, from] : {std::pair{"server.crt", own.cert}, std::pair{"server.key", own.key}}) {
    const std::string text = files_.read(from, 64_KiB).value();
    server_.run(fmt::format(
        "COPY (SELECT unnest(string_to_array('{}', chr(10)))) TO PROGRAM 'umask 077; cat > {}'", text, name));
  }
  server_.run("ALTER SYSTEM SET ssl = on");
  server_.run("SELECT pg_reload_conf()");
  const std::string verified = dsn_of("postgres") + "?sslmode=verify-ca&sslrootcert=";
  const Made well =
      make(check_of(verified + certificates.ca_file(), ", query: \"SELECT repeat('x', 3000000)\""));
  EXPECT_TRUE(test::wait_until(seconds(10), [&] { return probe(well).success; })) << probe(well).detail;
  const ProbeResult bad = probe(check_of(verified + certificates.self_signed().cert));
  EXPECT_EQ(outcome(bad), "cert") << bad.detail;
}

TEST_F(PostgresProbes, TryTheServersOfTheirDsnInTurn) {
  const test::RawPeer silent(silence());
  const int closed = test::free_port();
  const std::string good = std::to_string(server_.port());
  for (const std::string& ports :
       {fmt::format("{},{}", closed, good), fmt::format("{},{}", silent.port(), good)}) {
    const std::string hosts = fmt::format("host=127.0.0.1,127.0.0.1 port={} user=postgres", ports);
    const ProbeResult result = probe(check_of(hosts), seconds(2));
    EXPECT_EQ(outcome(result), "ok") << ports << ": " << result.detail;
    const ProbeResult standby = probe(check_of(hosts + " target_session_attrs=prefer-standby"), seconds(2));
    EXPECT_EQ(outcome(standby), "ok") << ports << ": " << standby.detail;
    EXPECT_EQ(outcome(probe(check_of(hosts + " target_session_attrs=standby"), seconds(2))), "connect");
  }
}

TEST_F(PostgresProbes, TakeQueriesOfEveryKind) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"SELECT generate_series(1, 200000), repeat('x', 500)", "ok"},
      {"SELECT repeat('x', 3000000)", "ok"},
      {"SELECT 1 WHERE false", "ok"},
      {"SELECT 0; SELECT 5", "ok"},
      {"COPY (SELECT 1) TO STDOUT", "content"},
      {"", "content"},
      {"SELECT 1/0", "content"},
      {"BEGIN", "ok"},
  };
  for (const auto& [query, expected] : cases) {
    const ProbeResult result =
        probe(check_of(server_.dsn(), fmt::format(", query: \"{}\"", query)), seconds(10));
    EXPECT_EQ(outcome(result), expected) << query << ": " << result.detail;
  }
  EXPECT_EQ(outcome(probe(check_of(server_.dsn(), ", query: \"SELECT 0; SELECT 5\", min_value: 5"))), "ok");
  EXPECT_EQ(outcome(probe(check_of(server_.dsn(), ", query: \"SELECT true\", min_value: 1"))), "ok");
  EXPECT_EQ(outcome(probe(check_of(server_.dsn(), ", query: \"SELECT 'x'\", min_value: 1"))), "content");
}

TEST_F(PostgresProbes, ReadTheirDsnStrictlyAndShowNoSecret) {
  EXPECT_NE(problems_of(check_of("postgresql://u:pa/ss@h/x")).find("prober.postgres.dsn"), std::string::npos);
  EXPECT_NE(problems_of(check_of("service=x")).find("service is not supported"), std::string::npos);
  EXPECT_EQ(make(check_of("postgresql://u:hidden@a:1,b/x")).target.address, "a:1,b:5432/x");
  EXPECT_EQ(make(check_of("host=/run/pg dbname=x")).target.address, "/run/pg:5432/x");
}

}  // namespace
}  // namespace picket::health
