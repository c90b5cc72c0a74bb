#include "tests/e2e/first_light/alert_daemon.h"

#include <sstream>

#include "tests/support/give_up.h"
#include "tests/support/http_get.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

constexpr const char* kRules = R"(groups:
  - name: first_light
    interval: 1s
    rules:
      - alert: ServiceDown
        expr: health_check_state{job="health_exporter",state="down"} == 1
        for: 3s
        labels: {severity: critical}
        annotations:
          summary: "{{ $labels.check }} is down"
          description: 'The service {{ $labels.check | toUpper }} does not answer (value {{ $value }}).'
)";

std::string config_of(const AlertDaemonOptions& options) {
  return "datasource: {url: \"" + options.datasource_url +
         "\"}\n"
         "global: {evaluation_interval: 1s}\n"
         "rule_files: [rules.yml]\n"
         "route: {receiver: everyone, group_by: [alertname, check], group_wait: 1s, group_interval: 1s, "
         "repeat_interval: 1h}\n" +
         options.receivers;
}

}  // namespace

AlertDaemon::AlertDaemon(const AlertDaemonOptions& options) : port_(options.port) {
  dir_.write("rules.yml", kRules);
  dir_.write("alertd.yml", config_of(options));
  start();
}

void AlertDaemon::start() {
  if (process_) log_ += process_->errors() + "--- started again ---\n";
  process_ = std::make_unique<Process>(std::vector<std::string>{
      std::string(PICKET_BIN_DIR) + "/alertd", "--config.file", dir_.file("alertd.yml"),
      "--web.listen-address", "127.0.0.1:" + std::to_string(port_), "--storage.path", dir_.path(),
      "--log.level", "debug"});
  const bool ready = wait_until(std::chrono::seconds(30), std::chrono::milliseconds(20), [&] {
    return http_get(url("/-/ready")).status == 200 || !process_->running();
  });
  if (!ready || !process_->running()) give_up("alertd is not ready: " + log());
}

double AlertDaemon::metric(const std::string& name) const {
  double sum = 0;
  std::stringstream lines(http_get(url("/metrics")).body);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    const char after = line.size() > name.size() ? line[name.size()] : '\0';
    if (after == '{' || after == ' ') sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

}  // namespace picket::test
