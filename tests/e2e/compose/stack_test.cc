// The stack as a person meets it: they log in through nginx, an alert reaches them by mail, and nothing is
// lost when every container starts again.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "base/text/regex.h"
#include "base/text/strings.h"
#include "tests/e2e/authd/auth_daemon.h"
#include "tests/e2e/compose/visitor.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kImageBytesMax = 40'000'000;  // beyond the base
const std::vector<std::string> kServices{"postgres",      "redis",           "authd",
                                         "authd_standby", "health_exporter", "business_exporter",
                                         "nginx",         "prometheus",      "security_exporter",
                                         "alertd",        "log_keeper"};

/// On the test's output, and in a file that `./picket test` shows. Nothing more is said after a failure.
void say(const std::string& what) {
  if (testing::Test::HasFailure()) return;
  std::cerr << "  " << what << "\n";
  std::ofstream(PICKET_STACK_CACHE "/report.txt", std::ios::app) << what << "\n";
}

const std::string kAuthctl =
    "authctl --config.file /etc/picket/authd.yml --storage.path /var/lib/picket "
    "--storage.dsn 'postgresql:///?service=authd'";
using Holdings = std::map<std::string, std::set<std::string>>;

class Course {
 public:
  explicit Course(const ContainerEngine& engine) : stack_(engine), ann_(stack_) {}

  void build() {
    stack_.build_images();
    for (const std::string& image : our_images()) {
      const std::int64_t bytes = stack_.bytes_beyond_base(image);
      say(fmt::format("image picket/{}: {:.1f} MB beyond its base", image, static_cast<double>(bytes) / 1e6));
      EXPECT_LE(bytes, kImageBytesMax) << image;
    }
  }
  void has_no_files_of_a_stack_in_its_images() {
    const std::string copied = stack_.files_that_are_built_from();
    EXPECT_THAT(copied, HasSubstr("/src/CMakeLists.txt\n"));
    EXPECT_THAT(copied, HasSubstr("/src/authd/secrets/"));
    EXPECT_THAT(copied, Not(testing::AnyOf(HasSubstr("tls_key"), HasSubstr(".env"))));
    say("no file of a stack is in what images are built from");
  }
  void start() {
    stack_.change_config("overrides.yml", "#thresholds:\n#  service_down_for: 2m",
                         "thresholds:\n  service_down_for: 15s");
    stack_.change_config(
        "alertd/alertd.yml", "evaluation_interval: 15s",
        "evaluation_interval: 5s\n  smtp_smarthost: mail:2525\n  smtp_from: alerts@example.org\n"
        "  smtp_require_tls: false");
    stack_.change_config("alertd/alertd.yml", "group_wait: 30s", "group_wait: 1s");
    // A check that a busy machine fails is in the same group, and the next mail need not wait for it.
    stack_.change_config("alertd/alertd.yml", "group_interval: 5m", "group_interval: 5s");
    stack_.change_config("alertd/alertd.yml", "- name: nobody",
                         "- name: nobody\n    email_configs: [{to: ann@example.org, send_resolved: false}]");
    stack_.up();
    say(fmt::format("{} services are healthy", kServices.size()));
  }
  void is_hardened() const {
    for (const std::string& service : kServices) {
      const std::string status = stack_.run_in(service, {"cat", "/proc/1/status"});
      EXPECT_THAT(status, HasSubstr("CapEff:\t0000000000000000\n")) << service;
      EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1\n")) << service;
      EXPECT_THAT(status, Not(HasSubstr("Uid:\t0\t"))) << service;
      // "overlay / overlay ro,relatime,...": also root could not write.
      const std::string mounts = stack_.run_in(service, {"cat", "/proc/mounts"});
      EXPECT_THAT(mounts, testing::ContainsRegex("(^|\n)[^ \n]+ / [^ \n]+ ro[, ]")) << service;
    }
    say("no service has a capability or is root, and each image is read-only");
  }
  void believes_public_authorities() const {
    // Where OpenSSL looks.
    EXPECT_THAT(stack_.run_in("health_exporter", {"sh", "-c", "head -n 1 /usr/lib/ssl/cert.pem || true"}),
                HasSubstr("BEGIN CERTIFICATE"));
  }
  void is_reached_by_tls_13_alone() {
    const HttpAnswer stranger = ann_.get("/health/");
    EXPECT_EQ(stranger.status, 303) << stranger.body << stranger.error;
    EXPECT_THAT(stranger.header("Location"),
                testing::StartsWith("https://picket.example.org:8443/auth/login"));
    EXPECT_THAT(stranger.header("Strict-Transport-Security"), HasSubstr("max-age="));
    ann_.get("/health/?id=1%27%20UNION%20SELECT%20password%20FROM%20users--");
    const HttpHeaders host{{"Host", "picket.example.org"}};
    EXPECT_EQ(http_get("http://127.0.0.1/", host).header("Location"), "https://picket.example.org/");
    for (const std::string url : {"http://127.0.0.1:3003/", "https://127.0.0.1:3003/"}) {
      const HttpAnswer moved = http_get(url, host);
      EXPECT_EQ(moved.status, 308) << url << moved.error;
      EXPECT_EQ(moved.header("Location"), "https://picket.example.org/grafana/") << url;
    }
    for (const std::string url : {"http://127.0.0.1/", "http://127.0.0.1:3003/", "https://127.0.0.1/"})
      EXPECT_EQ(http_get(url, {{"Host", "other.example.org"}}).status, 0) << url << " has no answer";
    EXPECT_EQ(ann_.post("/api/v1/auth/login", std::string(200'000, 'x')).status, 413);
    EXPECT_EQ(run_to_end({.argv = {"curl", "-sk", "--tls-max", "1.2", "https://127.0.0.1/"}}).exit_code, 35);
    say("strangers are sent to the login, plain HTTP to HTTPS, TLS 1.2 away");
  }
  void logs_in() {
    stack_.run_in(
        "authd",
        {"sh", "-c",
         kAuthctl + " user create --role owner --username ann --email ann@example.org --password-stdin"},
        std::string(kPassword) + "\n");
    ann_.log_in_and_enrol("ann", kPassword);
    ann_.forget_cookies();
    ann_.log_in("ann", kPassword);
    for (const std::string page :
         {"/health/", "/business/", "/security/", "/alerts/", "/prometheus/api/v1/labels"})
      EXPECT_EQ(ann_.get(page).status, 200) << page;
    EXPECT_EQ(ann_.get("/health/metrics").status, 404);
    EXPECT_EQ(ann_.get("/prometheus/-/ready").status, 404);
    say("ann logged in through nginx with a code of her app");
  }
  void goes_on_without_one_authd() {
    stack_.compose({"stop", "authd"});
    EXPECT_EQ(ann_.get("/health/").status, 200);
    stack_.compose({"start", "authd"});
    say("one authd was stopped: the other one answered");
  }
  void is_told_of_an_outage() {
    stack_.compose({"stop", "redis"});
    const bool arrived = wait_until(minutes(5), milliseconds(1000), [&] {
      return stack_.compose({"logs", "--no-color", "mail"}).find("redis is down") != std::string::npos;
    });
    ASSERT_TRUE(arrived) << ann_.get("/alerts/api/v1/alerts").body
                         << ann_.get("/alerts/api/v1/deliveries").body;
    EXPECT_EQ(ann_.get("/health/").status, 200) << "people stay logged in without Redis";
    stack_.compose({"start", "redis"});
    say("redis was stopped: the mail about it arrived");
  }
  void loses_nothing_when_everything_starts_again() {
    is_calm();
    const Holdings before = holdings();
    const std::multiset<std::string> told = mails();
    stack_.compose({"restart"});
    is_calm();
    const Holdings after = holdings();
    for (const auto& [what, things] : before) {
      EXPECT_FALSE(things.empty()) << what;
      EXPECT_THAT(after.at(what), testing::IsSupersetOf(things)) << what;
      say(fmt::format("every container was started again: {} of {} are there", things.size(), what));
    }
    const std::multiset<std::string> told_after = mails();
    for (const std::string& id : told) EXPECT_EQ(told_after.count(id), 1U) << "nobody is told twice";
    EXPECT_EQ(ann_.get("/health/").status, 200) << "ann is still logged in";
    EXPECT_TRUE(every_log_line_is_counted_once());
    say("ann is still logged in, no mail came twice, each line of nginx's log is counted once");
    EXPECT_EQ(security_metric("security_audit_chain_intact{source=\"authd\"}"), "1")
        << "rows of the other authd are not missing";
  }

 private:
  /// Message-IDs, each as often as it came.
  std::multiset<std::string> mails() const {
    static const Regex id = Regex::compile("(?i)Message-ID: (<[^>]+>)").value();
    const std::string said = stack_.compose({"logs", "--no-color", "mail"});
    std::multiset<std::string> ids;
    for (const std::string_view line : split(said, '\n')) {
      if (const auto found = id.groups(line); !found.empty()) ids.insert(found[1]);
    }
    return ids;
  }
  /// Everything is healthy and no alert of a service is left.
  void is_calm() {
    const bool calm = wait_until(minutes(6), milliseconds(1000), [&] {
      for (const std::string& service : kServices) {
        if (!stack_.is_healthy(service)) return false;
      }
      const HttpAnswer alerts = ann_.get("/alerts/api/v1/alerts");
      return alerts.status == 200 && alerts.body.find("ServiceDown") == std::string::npos;
    });
    ASSERT_TRUE(calm) << ann_.get("/alerts/api/v1/alerts").body;
  }
  /// The entries of a list in an answer: their ids, or the whole.
  std::set<std::string> entries(const std::string& path, const json::json_pointer& list) {
    const HttpAnswer answer = ann_.get(path);
    std::set<std::string> out;
    if (answer.status != 200) return out;
    const json document = json::parse(answer.body);
    for (const json& entry : document.at(list))
      out.insert((entry.contains("id") ? entry.at("id") : entry).dump());
    return out;
  }
  /// What the services keep, by what it is.
  Holdings holdings() {
    if (since_.empty()) since_ = stack_.run_in("prometheus", {"date", "-d", "30 seconds ago", "+%s"});
    Holdings out;
    out["series of Prometheus"] = entries(
        "/prometheus/api/v1/query?query=count_over_time(up%5B1h%5D)&time=" + std::string(trim(since_)),
        json::json_pointer("/data/result"));
    out["messages of alertd"] = entries("/alerts/api/v1/deliveries", json::json_pointer("/data/deliveries"));
    out["events of health_exporter"] = entries("/health/api/v1/health/events", json::json_pointer("/events"));
    out["events of security_exporter"] =
        entries("/security/api/v1/security/events", json::json_pointer("/events"));
    out["chains of audit events"] = {
        stack_.run_in("authd", {"sh", "-c", kAuthctl + " audit verify >/dev/null && echo whole"})};
    return out;
  }
  /// "" when there is no such series.
  std::string security_metric(const std::string& series) const {
    const std::string exposition =
        stack_.run_in("prometheus", {"wget", "-qO-", "http://security_exporter:9803/metrics"});
    for (const std::string_view line : split(exposition, '\n')) {
      if (line.starts_with(series + " ")) return std::string(line.substr(series.size() + 1));
    }
    return "";
  }
  /// What security_exporter counted is what nginx wrote.
  bool every_log_line_is_counted_once() const {
    return wait_until(minutes(2), milliseconds(500), [&] {
      const std::string written =
          stack_.run_in("nginx", {"sh", "-c", "cat /var/log/picket/access-*.log | wc -l"});
      const std::string counted = security_metric("security_log_lines_total{source=\"nginx\"}");
      return !counted.empty() && std::stod(counted) == std::stod(written);
    });
  }

  RunningStack stack_;
  Visitor ann_;
  std::string since_;  ///< Unix time
};

TEST(Stack, ComesUpLogsInAlertsAndLosesNothing) {
  std::error_code ignored;  // of a build that another user made
  std::filesystem::create_directories(PICKET_STACK_CACHE, ignored);
  std::filesystem::remove(PICKET_STACK_CACHE "/report.txt", ignored);
  const ContainerEngine engine;
  if (!engine.why_not().empty()) {
    fmt::print("skipped: no container engine can run here: {}\n", engine.why_not());
    return;
  }
  Course course(engine);
  course.build();
  course.has_no_files_of_a_stack_in_its_images();
  course.start();
  course.is_hardened();
  course.believes_public_authorities();
  course.is_reached_by_tls_13_alone();
  course.logs_in();
  course.goes_on_without_one_authd();
  ASSERT_NO_FATAL_FAILURE(course.is_told_of_an_outage());
  ASSERT_NO_FATAL_FAILURE(course.loses_nothing_when_everything_starts_again());
}

}  // namespace
}  // namespace picket::test
