// The HTTP server of every daemon (Boost.Beast inside one .cc). HTTP/1.1 over TCP (v4, v6), TLS and unix
// sockets; bounded in time, size and number for whatever a client sends. Refuses with 400 what proxies could
// read differently (CL+TE, two CL, bare LF, obs-fold).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/exec/worker_pool.h"
#include "base/http/problem_page.h"
#include "base/http/router.h"
#include "base/http/web_config.h"
#include "base/log/logger.h"
#include "base/text/bytes.h"

namespace picket {

struct ServerLimits {
  Duration header_timeout =
      std::chrono::seconds(10);  ///< whole request head, from its first byte (or from accept)
  Duration body_timeout = std::chrono::seconds(30);
  Duration idle_timeout = std::chrono::seconds(60);      ///< keep-alive between requests
  Duration write_timeout = std::chrono::seconds(60);     ///< a reader that takes nothing for this long is cut
  Duration request_timeout = std::chrono::seconds(120);  ///< the Request's deadline; past it 503
  Bytes head = 32_KiB;
  Bytes body = 1_MiB;
  Bytes bodies = 64_MiB;  ///< request bodies in memory, all connections together; past it 503
  std::size_t connections = 4096;
  std::size_t connections_per_address = 2048;  ///< unix sockets do not count
};

struct ServerConfig {
  /// ":9801", "127.0.0.1:0", "[::1]:9801", "unix:/run/x.sock", "fd:3" (a listening socket handed over by
  /// systemd).
  std::vector<std::string> listen{};
  ServerLimits limits{};
  /// That serve connections, each its share of them; `quick` routes run on them, several at a time when there
  /// are several.
  std::size_t threads = 1;
};

/// What the server tells of itself; called from its threads. `handler` is the route's name, or "" before
/// routing.
struct ServerObserver {
  std::function<void(std::string_view handler, int status, Duration took)> finished;
  std::function<void(int delta)> in_flight;
  std::function<void(std::string_view reason)>
      rejected;  ///< auth, header_timeout, body_timeout, request_timeout, max_connections, overload,
                 ///< rate_limit, bad_request, too_large, tls
};

/// What a server works with; all of it outlives the server.
struct ServerParts {
  const Router& router;
  WorkerPool& pool;    ///< handlers run here
  WebConfigFile& web;  ///< TLS, users and headers (web.config.yml); may be reloaded
  Logger& log;
  ServerObserver observer = {};
  ProblemPage problem_page = {};  ///< what browsers see of problems; empty: JSON, as programs do
};

class Server {
 public:
  Server(ServerConfig config, ServerParts parts);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds every address or none; Unavailable names the address that did not work and why.
  Result<void> start();
  /// Stops accepting, answers what is under way with `Connection: close`, cuts the rest after `drain`.
  /// Idempotent.
  void stop(Duration drain);
  /// Bound addresses with real ports, in the order of `listen`: "127.0.0.1:41234".
  std::vector<std::string> addresses() const;
  std::uint16_t port() const;  ///< of the first TCP address; 0 when there is none

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace picket
