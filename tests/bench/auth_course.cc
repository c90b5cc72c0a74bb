#include "tests/bench/auth_course.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "tests/bench/auth_servers.h"
#include "tests/support/give_up.h"
#include "tests/support/nginx_server.h"
#include "tests/support/program.h"

namespace picket::bench {
namespace {

using std::chrono::seconds;

constexpr double kCheckRate = 5000;  // per second, where latency is measured
constexpr double kCrowdRate = 10'000 / 60.0;
constexpr double kFloodRate = 150;  // logins per second: several times what the pool can do

/// Every request is another client's of the proxy that asks us.
std::string client_of(long number) {
  return fmt::format("10.{}.{}.{}", 1 + number / 62'500 % 200, number / 250 % 250, 1 + number % 250);
}

}  // namespace

std::string login_request(long user, long client, bool is_right) {
  const std::string body =
      fmt::format(R"({{"username":"{}","password":"{}{}"}})", user_name(static_cast<int>(user % kUsers)),
                  kPassword, is_right ? "" : "!");
  return fmt::format(
      "POST /api/v1/auth/login HTTP/1.1\r\nHost: auth.example.org\r\nContent-Type: application/json\r\n"
      "X-Forwarded-For: {}\r\nContent-Length: {}\r\n\r\n{}",
      client_of(client), body.size(), body);
}

namespace {

double rss_megabytes(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) * 1024 / 1e6;
  }
  return 0;
}

constexpr std::string_view kCheckFields =
    "Host: auth.example.org\r\nX-Original-URL: https://app.example.org/reports/2026?page=2\r\n"
    "X-Original-Method: GET\r\nX-Forwarded-For: 198.51.100.7\r\n";

std::string check_request(const std::string& token) {
  return fmt::format("GET /api/v1/auth/verify HTTP/1.1\r\n{}Authorization: Bearer {}\r\n\r\n", kCheckFields,
                     token);
}

LoadPlan checks_of(std::uint16_t port, const std::vector<std::string>& tokens, int connections) {
  return {.port = port, .connections = connections, .request = [&tokens](long n) {
            return check_request(tokens[static_cast<std::size_t>(n) % tokens.size()]);
          }};
}

/// Per second, as many as there can be over 32 connections.
double checks_with_wrk(std::uint16_t port, const std::vector<std::string>& tokens) {
  std::string script = "local requests = {\n";
  for (const std::string& token : tokens) script += fmt::format("[==[Bearer {}]==],\n", token);
  script += fmt::format(
      "}}\nlocal fields = {{}}\nfor line in ([==[{}]==]):gmatch('[^\\r\\n]+') do\n"
      "  local name, value = line:match('^([^:]+): (.*)$')\n  fields[name] = value\nend\n"
      "local next_one = 0\nfunction init()\n  for i, token in ipairs(requests) do\n"
      "    fields['Authorization'] = token\n    requests[i] = wrk.format('GET', nil, fields)\n  end\nend\n"
      "function request()\n  next_one = next_one % #requests + 1\n  return requests[next_one]\nend\n",
      kCheckFields);
  const test::TempDir dir;
  const test::Finished wrk = test::run_to_end(
      {.argv = {test::find_program("wrk", "wrk"), "-t1", "-c32", fmt::format("-d{}s", kMeasured.count()),
                "-s", dir.write("checks.lua", script),
                fmt::format("http://127.0.0.1:{}/api/v1/auth/verify", port)}},
      kMeasured + seconds(30));
  if (wrk.exit_code != 0 || wrk.output.find("Non-2xx") != std::string::npos)
    test::give_up("wrk: " + wrk.output + wrk.errors);
  constexpr std::string_view kLine = "Requests/sec:";
  const std::size_t at = wrk.output.find(kLine);
  if (at == std::string::npos) test::give_up("wrk: " + wrk.output);
  return std::stod(wrk.output.substr(at + kLine.size()));
}

LoadResult check_steadily(std::uint16_t port, const std::vector<std::string>& tokens) {
  LoadPlan plan = checks_of(port, tokens, 32);
  plan.per_second = kCheckRate;
  plan.time = kMeasured;
  return run_load(plan);
}

/// All that is measured of one server, in this order.
class Course {
 public:
  Course(Subject subject, seconds crowd_time) : subject_(subject), crowd_time_(crowd_time) {}

  Figures run() {
    figures_.idle_megabytes = rss_megabytes(subject_.pid);
    log_in();
    warm_up();
    figures_.checks_per_second = checks_with_wrk(subject_.port, tokens_);
    figures_.steady = check_steadily(subject_.port, tokens_);
    figures_.flooded = check_while_flooded();
    burst();
    crowd();
    figures_.busy_megabytes = rss_megabytes(subject_.pid);
    return std::move(figures_);
  }

 private:
  /// Everybody, as fast as it goes; whoever did not come to it within a minute borrows a token.
  void log_in() {
    figures_.logins = run_load({.port = subject_.port,
                                .connections = 8,
                                .time = seconds(60),
                                .requests_max = kUsers,
                                .request = [](long n) { return login_request(n, n, true); },
                                .answered = [this](long, const LoadAnswer& answer) { keep_token(answer); }});
    if (tokens_.empty()) test::give_up("nobody could log in");
    const std::size_t real = tokens_.size();
    for (std::size_t i = real; i < kUsers; ++i) tokens_.push_back(tokens_[i - real]);
  }

  void keep_token(const LoadAnswer& answer) {
    if (answer.status != 200) return;
    tokens_.push_back(nlohmann::json::parse(answer.body).at("access_token").get<std::string>());
  }

  /// Each token once: after that a server knows what it can know.
  void warm_up() const {
    LoadPlan plan = checks_of(subject_.port, tokens_, 4);
    plan.time = seconds(10);
    plan.requests_max = 2L * kUsers;
    run_load(plan);
  }

  /// Right and wrong passwords of everybody, several times more than can be hashed.
  LoadResult check_while_flooded() const {
    const std::jthread flood([this] {
      run_load({.port = subject_.port,
                .connections = 400,
                .per_second = kFloodRate,
                .time = kMeasured + seconds(4),
                .request = [](long n) { return login_request(n, 10'000 + n, n % 2 == 0); }});
    });
    LoadPlan until_full = checks_of(subject_.port, tokens_, 1);
    until_full.per_second = 100;
    until_full.time = seconds(2);
    run_load(until_full);
    return check_steadily(subject_.port, tokens_);
  }

  void burst() {
    figures_.burst = run_load({.port = subject_.port,
                               .connections = kBurst,
                               .time = seconds(60),
                               .requests_max = kBurst,
                               .request = [](long n) { return login_request(n, 100'000 + n, true); },
                               .answered =
                                   [this](long, const LoadAnswer& answer) {
                                     const bool tells =
                                         answer.head.find("Retry-After: ") != std::string_view::npos;
                                     figures_.burst_told_when += answer.status == 503 && tells ? 1 : 0;
                                   }});
  }

  void crowd() {
    LoadPlan plan = checks_of(subject_.port, tokens_, kUsers);
    plan.per_second = kCrowdRate;
    plan.time = crowd_time_;
    figures_.crowd = run_load(plan);
  }

  const Subject subject_;
  const seconds crowd_time_;
  std::vector<std::string> tokens_;
  Figures figures_;
};

}  // namespace

Figures run_course(const Subject& subject, seconds crowd_time) {
  return Course(subject, crowd_time).run();
}

Floor measure_floor() {
  test::NginxServer nginx(
      "access_log off; keepalive_requests 1000000000; server { listen 127.0.0.1:@PORT@; location / { return "
      "200; } }");
  nginx.start();
  const auto port = static_cast<std::uint16_t>(nginx.port());
  const std::vector<std::string> tokens(kUsers, std::string(700, 'x'));  // as long as ours
  return {checks_with_wrk(port, tokens), check_steadily(port, tokens)};
}

}  // namespace picket::bench
