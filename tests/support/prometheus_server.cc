#include "tests/support/prometheus_server.h"

#include <cctype>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/http_get.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

std::string percent_encoded(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0) {
      result += letter;
      continue;
    }
    char encoded[4];
    std::snprintf(encoded, sizeof encoded, "%%%02X", byte);
    result += encoded;
  }
  return result;
}

}  // namespace

PrometheusServer::PrometheusServer(const std::string& config) : port_(free_port()) {
  dir_.write("prometheus.yml", config);
  start();
}

void PrometheusServer::start() {
  process_ = std::make_unique<Process>(std::vector<std::string>{
      find_program("prometheus", "prometheus"), "--config.file=" + dir_.file("prometheus.yml"),
      "--storage.tsdb.path=" + dir_.file("tsdb"), "--web.listen-address=127.0.0.1:" + std::to_string(port_),
      "--web.enable-lifecycle", "--enable-feature=exemplar-storage"});
  const bool ready = wait_until(std::chrono::seconds(30), std::chrono::milliseconds(50), [&] {
    return http_get(url("/-/ready")).status == 200 || !process_->running();
  });
  if (!ready || !process_->running()) give_up("Prometheus is not ready: " + process_->errors());
}

void PrometheusServer::stop() {
  process_->stop();
}

std::string PrometheusServer::query(const std::string& expression) const {
  return http_get(url("/api/v1/query?query=" + percent_encoded(expression))).body;
}

std::optional<double> PrometheusServer::value(const std::string& expression) const {
  const auto answer = nlohmann::json::parse(query(expression), nullptr, false);
  if (answer.is_discarded() || answer.value("status", "") != "success") return std::nullopt;
  const auto& data = answer["data"];
  if (data["resultType"] == "scalar") return std::stod(data["result"][1].get<std::string>());
  if (data["result"].empty()) return std::nullopt;
  return std::stod(data["result"][0]["value"][1].get<std::string>());
}

}  // namespace picket::test
