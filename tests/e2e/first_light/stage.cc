#include "tests/e2e/first_light/stage.h"

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

constexpr int kChecks = 6;

// The second server hands health_exporter's metrics on in the old text format: Prometheus itself always asks
// for OpenMetrics first.
std::string nginx_servers(int health_port) {
  return "server { listen 127.0.0.1:@PORT@; location / { return 200 \"welcome\"; }\n"
         "  location /text-metrics { proxy_pass http://127.0.0.1:" +
         std::to_string(health_port) +
         "/metrics;\n"
         "    proxy_set_header Accept \"text/plain;version=0.0.4\"; } }\n";
}

LocalPeer::Tls tls_of(const CertificateFiles& files) {
  return {files.cert, files.key};
}

}  // namespace

Stage::Stage()
    : health_port_(free_port()),
      alertd_port_(free_port()),
      nginx_(nginx_servers(health_port_)),
      tls_peer_(tls_of(certificates_.server()), {}) {
  const std::string config = dir_.write("health.yml", health_config());
  health_ = std::make_unique<Process>(std::vector<std::string>{
      std::string(PICKET_BIN_DIR) + "/health_exporter", "--config.file", config, "--web.listen-address",
      "127.0.0.1:" + std::to_string(health_port_), "--storage.path", dir_.path()});
  const bool ready = wait_until(std::chrono::seconds(30), std::chrono::milliseconds(50), [&] {
    return http_get(health_url("/-/ready")).status == 200 || !health_->running();
  });
  if (!ready || !health_->running()) give_up("health_exporter is not ready: " + health_->errors());
  prometheus_ = std::make_unique<PrometheusServer>(prometheus_config());
}

std::string Stage::health_url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(health_port_) + path;
}

std::string Stage::health_config() {
  const auto check = [](const std::string& name, const std::string& prober) {
    return "  - {name: " + name +
           ", group: platform, interval: 1s, timeout: 900ms, flapping: {changes: 0}, prober: {" + prober +
           "}}\n";
  };
  return "checks:\n" + check("web", "http: {url: \"" + nginx_.url("/") + "\"}") +
         check("database", "postgres: {dsn: \"" + PostgresServer::shared().dsn() + "\"}") +
         check("redis", "redis: {target: \"" + redis_.target() + "\"}") +
         check("mail", "smtp: {target: \"" + smtp_.target() + "\"}") +
         check("port", "tcp: {target: \"127.0.0.1:" + std::to_string(nginx_.port()) + "\"}") +
         check("certificate", "tls: {target: \"127.0.0.1:" + std::to_string(tls_peer_.port()) +
                                  "\", tls_config: {ca_file: \"" + certificates_.ca_file() + "\"}}");
}

std::string Stage::prometheus_config() const {
  const auto job = [](const std::string& name, int port, const std::string& path) {
    return "  - {job_name: " + name + ", metrics_path: " + path +
           ", static_configs: [{targets: [\"127.0.0.1:" + std::to_string(port) + "\"]}]}\n";
  };
  return "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nscrape_configs:\n" +
         job("health_exporter", health_port_, "/metrics") +
         job("health_exporter_text", nginx_.port(), "/text-metrics") +
         job("alertd", alertd_port_, "/metrics");
}

void Stage::wait_until_healthy() const {
  const bool healthy = wait_until(std::chrono::seconds(60), std::chrono::milliseconds(100), [&] {
    return prometheus_->value("sum(health_check_state{job=\"health_exporter\",state=\"operational\"})") ==
           kChecks;
  });
  if (!healthy) {
    give_up("not every check is operational: " + prometheus_->query("health_check_state == 1") + "\n" +
            health_log());
  }
}

}  // namespace picket::test
