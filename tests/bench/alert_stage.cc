#include "tests/bench/alert_stage.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/support/give_up.h"
#include "tests/support/http_get.h"
#include "tests/support/wait.h"

namespace picket::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Process;

std::vector<std::string> alertd_options(const AlertSetup& setup, const test::TempDir& dir,
                                        const std::string& datasource, int port) {
  const std::string config = dir.write(
      "alertd.yml", fmt::format("datasource: {{url: \"{}\"}}\nglobal: {{evaluation_interval: {}s}}\n"
                                "rule_files: [rules.yml]\n{}",
                                datasource, setup.interval_s, setup.routing));
  return {"--config.file",  config,     "--web.listen-address", fmt::format("127.0.0.1:{}", port),
          "--storage.path", dir.path(), "--log.level",          "error"};
}

std::vector<std::string> alertmanager_options(const AlertSetup& setup, const test::TempDir& dir, int port) {
  return {"--config.file=" + dir.write("alertmanager.yml", setup.routing),
          "--storage.path=" + dir.file("alertmanager"), "--log.level=error",
          "--cluster.listen-address=", fmt::format("--web.listen-address=127.0.0.1:{}", port)};
}

std::size_t occurrences(const std::string& text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++count;
  return count;
}

}  // namespace

void pass(milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  test::wait_until(time + seconds(1), milliseconds(20),
                   [end] { return std::chrono::steady_clock::now() >= end; });
}

HookedAlerts::HookedAlerts() {
  router_.post("/hook",
               [this](const Request& request) {
                 hear(request.body);
                 return Response{};
               },
               {.quick = true});
  if (const Result<void> started = server_.start(); !started) test::give_up(started.error().message);
}

void HookedAlerts::hear(const std::string& body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (parsed.is_discarded()) return;
  const auto now = std::chrono::steady_clock::now();
  const MutexLock lock(mutex_);
  for (const auto& alert : parsed.at("alerts")) {
    const auto& labels = alert.at("labels");
    if (alerts_.insert(labels.value("alertname", "") + " " + labels.value("i", "")).second) last_ = now;
  }
}

std::size_t HookedAlerts::count() const {
  const MutexLock lock(mutex_);
  return alerts_.size();
}

std::optional<HookedAlerts::Time> HookedAlerts::wait_for(std::size_t count, seconds patience) const {
  if (!test::wait_until(patience, milliseconds(10), [&] { return this->count() >= count; })) return {};
  const MutexLock lock(mutex_);
  return last_;
}

HungPeer::HungPeer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  constexpr int kBacklog = 1024;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int yes = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket_, kBacklog) != 0)
    test::give_up("cannot listen");
}

HungPeer::~HungPeer() {
  ::close(socket_);
}

AlertStage::AlertStage(const Alerter& alerter, const AlertSetup& setup)
    : who_(alerter.who), exporter_([this](const test::PeerRequest&) {
        const MutexLock lock(mutex_);
        return test::PeerAnswer{200, series_, {}};
      }) {
  dir_.write("rules.yml", setup.rules);
  prometheus_ = std::make_unique<test::PrometheusServer>(prometheus_yml(setup));
  std::vector<std::string> command = who_ == Who::Picket
                                         ? alertd_options(setup, dir_, prometheus_->url(), port_)
                                         : alertmanager_options(setup, dir_, port_);
  command.insert(command.begin(), alerter.program);
  alerter_ = std::make_unique<Process>(std::move(command));
  const bool is_ready = test::wait_until(seconds(30), milliseconds(50), [&] {
    return test::http_get(fmt::format("http://127.0.0.1:{}/-/ready", port_)).status == 200 ||
           !alerter_->running();
  });
  if (!is_ready || !alerter_->running()) test::give_up("it does not start: " + alerter_->errors());
}

std::string AlertStage::prometheus_yml(const AlertSetup& setup) const {
  std::string text = fmt::format(
      "global: {{scrape_interval: {0}s, scrape_timeout: {0}s, evaluation_interval: {0}s}}\nscrape_configs:\n"
      "  - {{job_name: shop, static_configs: [{{targets: [\"127.0.0.1:{1}\"]}}]}}\n",
      setup.interval_s, exporter_.port());
  if (who_ == Who::Picket) return text;
  return text + fmt::format(
                    "rule_files: [\"{}\"]\nalerting: {{alertmanagers: [{{static_configs: [{{targets: "
                    "[\"127.0.0.1:{}\"]}}]}}]}}\n",
                    dir_.file("rules.yml"), port_);
}

void AlertStage::set(std::string series) {
  const MutexLock lock(mutex_);
  series_ = std::move(series);
}

std::size_t AlertStage::firing() const {
  const std::string url = who_ == Who::Picket ? fmt::format("http://127.0.0.1:{}/api/v1/alerts", port_)
                                              : prometheus_->url("/api/v1/alerts");
  const test::HttpAnswer answer = test::http_send({.url = url, .timeout = seconds(60)});
  return occurrences(answer.body, "\"activeAt\"");
}

}  // namespace picket::bench
