// run_daemon() seen from outside: demo_daemon as a process, asked over HTTP and by signals.
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "base/daemon/version.h"
#include "tests/daemon/running_daemon.h"
#include "tests/support/free_port.h"
#include "tests/support/page_faults.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket {
namespace {

using std::chrono::seconds;
using test::Finished;
using test::HttpAnswer;
using test::run_to_end;
using test::RunningDaemon;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Finished run_demo(std::vector<std::string> flags) {
  flags.insert(flags.begin(), test::demo_daemon());
  return run_to_end({std::move(flags), {}, {}, {}});
}

struct FlagCase {
  std::vector<std::string> flags;
  int exit_code;
  std::string output;
  std::string errors;
};

TEST(DaemonFlags, AreAnsweredBeforeAnythingStarts) {
  const test::TempDir dir;
  const std::string good = dir.write("good.yml", "message: hello\n");
  const std::string bad = dir.write("bad.yml", "mesage: hello\nunready: [1]\n");
  const std::string bad_web = dir.write("web.yml", "basic_auth_user: {}\n");
  const std::string no_cert =
      dir.write("tls.yml", "tls_server_config: {cert_file: x.crt, key_file: x.key}\n");
  const std::string no_pem =
      dir.write("pem.yml", "tls_server_config:\n  cert_file: web.yml\n  key_file: good.yml\n");
  const std::string no_key = dir.write("key.yml", "tls_server_config:\n  cert: SECRET\n  key: SECRET\n");
  const std::string slow =
      dir.write("slow.yml", "basic_auth_users: {bob: $2y$16$" + std::string(53, 'a') + "}\n");
  const std::vector<FlagCase> cases = {
      {{"--version"}, 0, "demo_daemon " + std::string(version()), ""},
      {{"--help"}, 0, "--web.listen-address ADDRESS", ""},
      {{"-h"}, 0, "The demo ends here.", ""},
      {{"--config.fil=x"}, 2, "", "unknown flag --config.fil (did you mean \"--config.file\"?)"},
      {{"--storage.dns=postgresql://u:secret@h/"}, 2, "", "unknown flag --storage.dns (did you mean"},
      {{"stray"}, 2, "", "\"stray\" is no flag"},
      {{"--log.level", "loud"}, 2, "", "--log.level"},
      {{"--log.format", "xml"}, 2, "", "--log.format"},
      {{"--config.file"}, 2, "", "--config.file"},
      {{"--web.external-url", "ftp://x"}, 2, "", "--web.external-url must begin with http"},
      {{"--web.external-url", "https://x.example/pre/fix\"><script>"}, 2, "", "without quotes, blanks"},
      {{"--web.external-url", "https:///pre"}, 2, "", "--web.external-url must be a URL"},
      {{"--web.external-url", "http://x/{{ $x }}"}, 2, "", "--web.external-url must be a URL"},
      {{"--web.external-url", "http://x/\x1b[2J\r\nA: b"}, 2, "", "--web.external-url must be a URL"},
      {{"--web.external-url", "http://x/?a=b"}, 2, "", "--web.external-url must have no query"},
      {{"--config.check", "--config.file", good}, 0, "ok\n", ""},
      {{"--config.check", "--config.file", bad}, 1, "", bad + ":1:1: "},
      {{"--config.check", "--config.file", bad}, 1, "", bad + ":2:10: unready"},
      {{"--config.check", "--config.file", good, "--web.config.file", bad_web}, 1, "", "basic_auth_user"},
      {{"--config.check", "--config.file", good, "--web.config.file", no_cert}, 1, "", "x.key: No such file"},
      {{"--config.check", "--config.file", good, "--web.config.file", no_pem},
       1,
       "",
       no_pem + ": tls_server_config.key_file (line 3): " + good +
           " holds no private key without a passphrase in PEM"},
      {{"--config.check", "--config.file", good, "--web.config.file", no_key},
       1,
       "",
       no_key + ": tls_server_config.key (line 3) holds no private key without a passphrase in PEM"},
      {{"--config.check", "--config.file", good, "--web.config.file", slow}, 0, "ok\n", "warning: "},
      {{"--config.check", "--config.file", dir.file("absent.yml")}, 1, "", "absent.yml"},
      {{"--config.file", bad}, 1, "", bad + ":2:10: unready"},
      {{"--web.systemd-socket", "--config.file", good}, 1, "", "systemd passed no sockets"},
  };
  for (const FlagCase& c : cases) {
    const Finished done = run_demo(c.flags);
    EXPECT_EQ(done.exit_code, c.exit_code) << c.flags.front() << done.errors;
    EXPECT_TRUE(has(done.output, c.output)) << c.flags.front() << done.output;
    EXPECT_TRUE(has(done.errors, c.errors)) << c.flags.front() << done.errors;
    EXPECT_FALSE(has(done.output + done.errors, "secret")) << done.errors;
    EXPECT_EQ(c.errors.empty(), done.errors.empty()) << done.errors;
  }
}

TEST(Daemon, SaysWhichAddressIsTaken) {
  const RunningDaemon first("message: hello\n");
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  const Finished second = run_demo({"--config.file", first.config_file(), "--web.listen-address", address});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_EQ(second.errors, "cannot listen on " + address + ": address already in use\n");
}

TEST(Daemon, DoesNotRunWhenItsServiceCannotStart) {
  const test::TempDir dir;
  const std::string config = dir.write("demo.yml", "message: hello\nstart_fails: true\n");
  const Finished done = run_demo({"--config.file", config, "--web.listen-address", "127.0.0.1:0"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_EQ(done.errors, "cannot start: no luck today\n");
}

TEST(Daemon, StopsInOrderOnTerminate) {
  RunningDaemon daemon("message: hello\n", {"--log.level", "debug"});
  EXPECT_EQ(daemon.get("/-/healthy").body, "healthy\n");
  EXPECT_EQ(daemon.get("/-/ready").status, 200);
  EXPECT_EQ(daemon.process().stop(), 0);
  const std::string log = daemon.process().errors();
  EXPECT_TRUE(has(log, "stopped") && has(log, "reason=SIGTERM")) << log;
  const std::size_t server = log.find("what=\"web server\"");
  const std::size_t service = log.find("demo service stopped");
  EXPECT_NE(server, std::string::npos) << log;
  EXPECT_NE(service, std::string::npos) << log;
  EXPECT_LT(server, service) << log;
}

TEST(Daemon, AnswersWhatIsUnderWayBeforeItStops) {
  RunningDaemon daemon("message: hello\nslow: 700ms\n");
  std::future<HttpAnswer> slow = std::async(std::launch::async, [&] { return daemon.get("/slow"); });
  ASSERT_TRUE(
      test::wait_until(seconds(5), [&] { return daemon.metric("demo_http_requests_in_flight") == "2"; }));
  daemon.process().signal(SIGINT);
  EXPECT_EQ(slow.get().body, "slow\n");
  EXPECT_EQ(daemon.process().wait(seconds(10)), 0);
  EXPECT_TRUE(has(daemon.process().errors(), "reason=SIGINT"));
}

TEST(Daemon, ASecondInterruptDoesNotWait) {
  RunningDaemon daemon("message: hello\nslow: 8s\n");
  std::future<HttpAnswer> slow = std::async(std::launch::async, [&] { return daemon.get("/slow"); });
  ASSERT_TRUE(
      test::wait_until(seconds(5), [&] { return daemon.metric("demo_http_requests_in_flight") == "2"; }));
  daemon.process().signal(SIGINT);
  ASSERT_TRUE(daemon.wait_for_log("stopping"));
  daemon.process().signal(SIGINT);
  EXPECT_EQ(daemon.process().wait(seconds(3)), 130);
  EXPECT_EQ(slow.get().status, 0);
}

TEST(Daemon, ReloadsOnHangUp) {
  RunningDaemon daemon("message: one\n");
  EXPECT_EQ(daemon.get("/message").body, "one");
  daemon.write_config("message: two\n");
  daemon.process().signal(SIGHUP);
  EXPECT_TRUE(test::wait_until(seconds(5), [&] { return daemon.get("/message").body == "two"; }));
  EXPECT_TRUE(daemon.wait_for_log("configuration reloaded"));
}

TEST(Daemon, ReloadsOnPostAndPutButNotOnGet) {
  const RunningDaemon daemon("message: one\n");
  daemon.write_config("message: two\n");
  const HttpAnswer get = daemon.get("/-/reload");
  EXPECT_EQ(get.status, 405);
  EXPECT_TRUE(has(get.header("Allow"), "POST") && has(get.header("Allow"), "PUT")) << get.header("Allow");
  EXPECT_EQ(daemon.get("/message").body, "one");
  EXPECT_EQ(daemon.reload().status, 200);
  EXPECT_EQ(daemon.get("/message").body, "two");
  daemon.write_config("message: three\n");
  EXPECT_EQ(test::http_put(daemon.url("/-/reload"), "").status, 200);
  EXPECT_EQ(daemon.get("/message").body, "three");
  EXPECT_EQ(test::http_post(daemon.url("/-/reload"), "", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
}

TEST(Daemon, KeepsTheOldConfigurationWhenTheNewOneIsWrong) {
  const RunningDaemon daemon("message: one\n");
  const std::string digest = daemon.metric("demo_config_info");
  EXPECT_EQ(daemon.metric("demo_config_last_reload_successful"), "1");
  daemon.write_config("message: two\nunready: [1]\nslow: fast\n");
  const HttpAnswer answer = daemon.reload();
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(has(answer.body, daemon.config_file() + ":2:10: unready")) << answer.body;
  EXPECT_TRUE(has(answer.body, daemon.config_file() + ":3:7: slow")) << answer.body;
  EXPECT_EQ(daemon.get("/message").body, "one");
  EXPECT_EQ(daemon.metric("demo_config_last_reload_successful"), "0");
  EXPECT_TRUE(daemon.wait_for_log("the old configuration stays"));
  daemon.write_config("message: two\n");
  EXPECT_EQ(daemon.reload().status, 200);
  EXPECT_EQ(daemon.metric("demo_config_last_reload_successful"), "1");
}

TEST(Daemon, AFileThatWasCutOffIsNotReloaded) {
  const RunningDaemon daemon("message: one\n");
  for (const char* cut : {"", "\n\n", "# message: two\n  # more\n", "---\n"}) {
    daemon.write_config(cut);
    const HttpAnswer answer = daemon.reload();
    EXPECT_EQ(answer.status, 500) << cut;
    EXPECT_TRUE(has(answer.body, daemon.config_file() + ": is empty")) << answer.body;
    EXPECT_EQ(daemon.get("/message").body, "one");
    EXPECT_EQ(daemon.metric("demo_config_last_reload_successful"), "0");
  }
  daemon.write_config("message: two\n");
  EXPECT_EQ(daemon.reload().status, 200);
}

TEST(Daemon, NamesTheProblemsOfBothFilesAndTakesNeither) {
  const test::TempDir dir;
  const std::string web = dir.write("web.yml", "http_server_config: {headers: {X-Frame-Options: deny}}\n");
  const RunningDaemon daemon("message: one\n", {"--web.config.file", web});
  dir.write("web.yml", "basic_auth_user: {}\n");
  daemon.write_config("mesage: two\n");
  const HttpAnswer answer = daemon.reload();
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(has(answer.body, "basic_auth_user") && has(answer.body, "mesage")) << answer.body;
  daemon.write_config("message: two\n");
  EXPECT_EQ(daemon.reload().status, 500);
  EXPECT_EQ(daemon.get("/message").body, "one");
  EXPECT_EQ(daemon.get("/message").header("X-Frame-Options"), "deny");
  dir.write("web.yml", "basic_auth_users: {}\n");
  EXPECT_EQ(daemon.reload().status, 200);
  EXPECT_EQ(daemon.get("/message").body, "two");
}

TEST(Daemon, SurvivesAStormOfReloads) {
  RunningDaemon daemon("message: one\n");
  std::vector<std::jthread> clients;
  clients.reserve(4);
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      for (int k = 0; k < 25; ++k) {
        daemon.process().signal(SIGHUP);
        const int status = daemon.reload().status;
        EXPECT_TRUE(status == 200 || status == 503) << status;
        if (status == 200) ++good;
      }
    });
  }
  clients.clear();
  EXPECT_GT(good, 0);
  EXPECT_EQ(daemon.get("/message").body, "one");
  EXPECT_EQ(daemon.process().stop(), 0);
}

TEST(Daemon, IsReadyWhenItsServiceSaysSo) {
  const RunningDaemon daemon("message: one\nunready: the database is away\n");
  const HttpAnswer unready = daemon.get("/-/ready");
  EXPECT_EQ(unready.status, 503);
  EXPECT_EQ(unready.body, "the database is away\n");
  EXPECT_EQ(daemon.get("/-/healthy").status, 200);
  daemon.write_config("message: one\n");
  ASSERT_EQ(daemon.reload().status, 200);
  EXPECT_EQ(daemon.get("/-/ready").status, 200);
}

TEST(Daemon, SaysThatItIsReadyWhileEveryWorkerWaits) {
  constexpr int kRequests = 16;  // more than there are workers
  std::vector<std::jthread> waiting;
  waiting.reserve(kRequests);
  std::atomic<int> answered = 0;
  RunningDaemon daemon("message: one\nslow: 10m\n");
  for (int i = 0; i < kRequests; ++i) {
    waiting.emplace_back([&daemon, &answered] {
      if (daemon.get("/slow").status != 0) ++answered;
    });
  }
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(daemon.get("/-/ready").body, "ready\n");
    ASSERT_EQ(daemon.get("/-/healthy").body, "healthy\n");
  }
  EXPECT_EQ(answered, 0);
  daemon.process().kill9();
}

TEST(Daemon, ShowsMetricsThatPromtoolAndTheReferenceParserRead) {
  const RunningDaemon daemon("message: \"hostile \\\"text\\\" \\\\ \\n and more\"\n");
  daemon.get("/message");
  daemon.get("/nowhere");
  const HttpAnswer text = daemon.get("/metrics");
  EXPECT_EQ(text.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  const Finished checked =
      run_to_end({{test::find_program("promtool", "prometheus"), "check", "metrics"}, {}, {}, text.body});
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
  EXPECT_EQ(checked.output + checked.errors, "");

  const HttpAnswer open_metrics =
      daemon.get("/metrics", {{"Accept", "application/openmetrics-text;version=1.0.0"}});
  const Finished parsed = run_to_end({{"/usr/bin/python3", "-c",
                                       "import sys\nfrom prometheus_client.openmetrics.parser import "
                                       "text_string_to_metric_families as parse\n"
                                       "print(len(list(parse(sys.stdin.read()))))"},
                                      {},
                                      {},
                                      open_metrics.body});
  EXPECT_EQ(parsed.exit_code, 0) << parsed.errors << open_metrics.body;
  EXPECT_GT(std::stoi(parsed.output), 15);
}

TEST(Daemon, ShowsItselfInMetrics) {
  const RunningDaemon daemon("message: one\n");
  daemon.get("/message");
  daemon.get("/nowhere");
  const std::string body = daemon.get("/metrics").body;
  for (const std::string series :
       {"demo_build_info{",
        "demo_config_info{sha256=\"",
        "demo_config_last_reload_successful 1",
        "demo_config_last_reload_success_timestamp_seconds 1",
        "handler=\"message\"} 1\n",
        "demo_http_requests_total{",
        "demo_http_request_duration_seconds_bucket{handler=\"message\",le=\"0.001\"}",
        "demo_http_requests_in_flight 1\n",
        "demo_http_rejected_requests_total{reason=\"header_timeout\"} 0\n",
        "demo_log_messages_total{level=\"info\"} ",
        "demo_log_messages_suppressed_total{level=\"error\"} 0\n",
        "demo_task_failures_total 0\n",
        "demo_clock_jumps_total{direction=\"backward\"} 0\n",
        "process_cpu_seconds_total 0",
        "process_open_fds ",
        "process_max_fds ",
        "process_resident_memory_bytes ",
        "process_virtual_memory_bytes ",
        "process_start_time_seconds 1",
        "process_threads ",
        "demo_message_info{message=\"one\"} 1\n"}) {
    EXPECT_TRUE(has(body, series)) << series;
  }
  const double start = std::stod(daemon.metric("process_start_time_seconds"));
  EXPECT_NEAR(start, static_cast<double>(std::time(nullptr)), 60);
  EXPECT_GT(std::stod(daemon.metric("process_resident_memory_bytes")), 1e6);
  EXPECT_GE(std::stod(daemon.metric("process_threads")), 4);
}

TEST(Daemon, HasALandingPageWithoutScripts) {
  const RunningDaemon daemon("message: one\n");
  const HttpAnswer page = daemon.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(has(page.header("Content-Type"), "text/html"));
  EXPECT_TRUE(has(page.header("Content-Security-Policy"), "default-src 'none'"));
  EXPECT_TRUE(has(page.body, "Says &lt;what&gt; its configuration"));
  EXPECT_TRUE(has(page.body, "<a href=\"./message\">"));  // relative: also below a prefix
  EXPECT_TRUE(has(page.body, "The &lt;message&gt;"));
  EXPECT_TRUE(has(page.body, std::string(version())));
  EXPECT_FALSE(has(page.body, "<script"));
  EXPECT_EQ(daemon.get("/favicon.ico").header("Content-Type"), "image/svg+xml");
}

TEST(Daemon, ShowsTheServicesOwnPageAboveTheLinks) {
  const RunningDaemon daemon("message: \"<b>one</b>\"\n");
  const HttpAnswer page = daemon.get("/?own");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(has(page.body, "<h1>Messages</h1>"));
  EXPECT_TRUE(has(page.body, "<p>&lt;b&gt;one&lt;/b&gt;</p>"));
  EXPECT_FALSE(has(page.body, "Says &lt;what&gt;"));
  EXPECT_LT(page.body.find("<h1>Messages"), page.body.find("<a href=\"./message\">"));
}

TEST(Daemon, LandingPageIsFineInABrowser) {
  const RunningDaemon daemon("message: one\n");
  test::Browser browser;
  EXPECT_EQ(test::page_faults_everywhere(browser, daemon.url("/"), "landing"), "");
}

TEST(Daemon, ChecksItsOwnHealth) {
  RunningDaemon daemon("message: one\n");
  const std::string address = ":" + std::to_string(daemon.port());
  EXPECT_EQ(run_demo({"--healthcheck", "--web.listen-address", address}).exit_code, 0);
  daemon.write_config("message: one\nunready: the database is away\n");
  ASSERT_EQ(daemon.reload().status, 200);
  const Finished unready = run_demo({"--healthcheck", "--web.listen-address", address});
  EXPECT_EQ(unready.exit_code, 1);
  EXPECT_TRUE(has(unready.errors, "503: the database is away")) << unready.errors;
  daemon.process().stop();
  const Finished dead = run_demo({"--healthcheck", "--web.listen-address", address});
  EXPECT_EQ(dead.exit_code, 1);
  EXPECT_TRUE(has(dead.errors, "127.0.0.1" + address)) << dead.errors;
}

TEST(Daemon, ListensOnSeveralAddresses) {
  const std::string second = "127.0.0.1:" + std::to_string(test::free_port());
  const test::TempDir dir;
  const std::string socket = "unix:" + dir.file("demo.sock");
  const RunningDaemon daemon("message: one\n",
                             {"--web.listen-address", second, "--web.listen-address=" + socket,
                              "--web.external-url=http://demo.example/"});
  EXPECT_EQ(test::http_get("http://" + second + "/message").body, "one");
  EXPECT_EQ(daemon.get("/url").body, "http://demo.example");
  EXPECT_EQ(run_demo({"--healthcheck", "--web.listen-address", socket}).exit_code, 0);
}

}  // namespace
}  // namespace picket
