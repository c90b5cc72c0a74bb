#include "tests/daemon/running_daemon.h"

#include "base/text/strings.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace picket::test {

std::string demo_daemon() {
  return std::string(PICKET_BIN_DIR) + "/demo_daemon";
}

RunningDaemon::RunningDaemon(const std::string& config, const std::vector<std::string>& more_flags,
                             std::map<std::string, std::string> env)
    : port_(free_port()) {
  write_config(config);
  std::vector<std::string> argv = {demo_daemon(),
                                   "--config.file",
                                   config_file(),
                                   "--web.listen-address",
                                   "127.0.0.1:" + std::to_string(port_),
                                   "--storage.path",
                                   dir_.file("data")};
  argv.insert(argv.end(), more_flags.begin(), more_flags.end());
  process_ = std::make_unique<Process>(ProcessOptions{std::move(argv), std::move(env), {}, {}});
  wait_until(std::chrono::seconds(10), [&] { return has_started() || !process_->running(); });
}

std::string RunningDaemon::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

bool RunningDaemon::has_started() const {
  return process_->errors().find("msg=started") != std::string::npos;
}

HttpAnswer RunningDaemon::get(const std::string& path, const HttpHeaders& headers) const {
  return http_get(url(path), headers);
}

HttpAnswer RunningDaemon::reload() const {
  return http_post(url("/-/reload"), "");
}

std::string RunningDaemon::metric(const std::string& series) const {
  const std::string body = get("/metrics").body;
  for (const std::string_view line : split(body, '\n')) {
    if (line.starts_with(series + " ")) return std::string(line.substr(series.size() + 1));
  }
  return "";
}

bool RunningDaemon::wait_for_log(const std::string& text) const {
  return wait_until(std::chrono::seconds(5),
                    [&] { return process_->errors().find(text) != std::string::npos; });
}

}  // namespace picket::test
