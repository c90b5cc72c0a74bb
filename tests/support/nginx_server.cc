#include "tests/support/nginx_server.h"

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/listening.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// One process, so that it dies with the test.
constexpr const char* kConfig = R"(daemon off;
master_process off;
pid @DIR@/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  default_type text/plain;
  client_body_temp_path @DIR@/body;
  proxy_temp_path @DIR@/proxy;
  fastcgi_temp_path @DIR@/fastcgi;
  uwsgi_temp_path @DIR@/uwsgi;
  scgi_temp_path @DIR@/scgi;
  @SERVERS@
}
)";

}  // namespace

NginxServer::NginxServer(std::string servers) : port_(free_port()), servers_(std::move(servers)) {
  start();
}

void NginxServer::start() {
  std::string config = kConfig;
  replace(config, "@SERVERS@", servers_);
  replace(config, "@DIR@", dir_.path());
  replace(config, "@PORT@", std::to_string(port_));
  const std::string file = dir_.write("nginx.conf", config);
  process_ = std::make_unique<Process>(std::vector<std::string>{find_program("nginx", "nginx-light"), "-p",
                                                                dir_.path(), "-e", "stderr", "-c", file});
  const bool ready =
      wait_until(std::chrono::seconds(20), [&] { return is_listening(port_) || !process_->running(); });
  if (!ready || !process_->running()) give_up("nginx does not answer: " + process_->errors());
}

void NginxServer::stop() {
  process_->stop();
}

}  // namespace picket::test
