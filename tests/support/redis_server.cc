#include "tests/support/redis_server.h"

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/listening.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {

RedisServer::RedisServer(std::vector<std::string> arguments)
    : port_(free_port()), arguments_(std::move(arguments)) {
  start();
}

void RedisServer::start() {
  std::vector<std::string> argv{find_program("redis-server", "redis-server"),
                                "--bind",
                                "127.0.0.1",
                                "--port",
                                std::to_string(port_),
                                "--save",
                                "",
                                "--appendonly",
                                "no",
                                "--dir",
                                dir_.path()};
  argv.insert(argv.end(), arguments_.begin(), arguments_.end());
  process_ = std::make_unique<Process>(std::move(argv));
  const bool ready =
      wait_until(std::chrono::seconds(20), [&] { return is_listening(port_) || !process_->running(); });
  if (!ready || !process_->running())
    give_up("Redis does not answer: " + process_->output() + process_->errors());
}

void RedisServer::stop() {
  process_->stop();
}

}  // namespace picket::test
