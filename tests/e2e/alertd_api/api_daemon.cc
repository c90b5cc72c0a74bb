#include "tests/e2e/alertd_api/api_daemon.h"

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/wait.h"

namespace picket::test {

ApiDaemon::ApiDaemon(std::string datasource, std::vector<std::string> rule_files)
    : port_(free_port()), rule_files_(std::move(rule_files)) {
  write_config(datasource);
  process_ = std::make_unique<Process>(std::vector<std::string>{
      std::string(PICKET_BIN_DIR) + "/alertd", "--config.file", dir_.file("alertd.yml"),
      "--web.listen-address", "127.0.0.1:" + std::to_string(port_), "--storage.path", dir_.path()});
  const bool ready = wait_until(std::chrono::seconds(30), std::chrono::milliseconds(20),
                                [&] { return get("/-/ready").status == 200 || !process_->running(); });
  if (!ready || !process_->running()) give_up("alertd is not ready: " + log());
}

void ApiDaemon::write_config(const std::string& datasource) const {
  std::string rules;
  for (const std::string& file : rule_files_) rules += (rules.empty() ? "\"" : ", \"") + file + "\"";
  dir_.write("alertd.yml", "datasource: " + datasource +
                               "\nglobal: {evaluation_interval: 1s}\nrule_files: [" + rules +
                               "]\nroute: {receiver: nobody}\nreceivers: [{name: nobody}]\n");
}

void ApiDaemon::set_datasource(const std::string& datasource) {
  write_config(datasource);
  const HttpAnswer answer = http_post(url("/-/reload"), "");
  if (answer.status != 200) give_up("alertd does not reload: " + answer.body);
}

}  // namespace picket::test
