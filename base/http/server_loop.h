// One thread of a server with its share of the connections: a connection stays where it began. Internal to
// Server.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/exec/mutex.h"
#include "base/http/connection.h"
#include "base/http/loop_context.h"

namespace picket {

class ServerLoop {
 public:
  explicit ServerLoop(ServerContext& server);
  /// After stop().
  ~ServerLoop();
  ServerLoop(const ServerLoop&) = delete;
  ServerLoop& operator=(const ServerLoop&) = delete;

  void start();
  /// Serves the socket, whose `io` is this loop's. Safe from any thread.
  void take(Connection::Socket socket, Connection::Client client, TlsContext tls);
  /// Ends each connection after the answer that is under way. Safe from any thread.
  void drain();
  /// Until drain() has ended all of them, but not past `deadline`.
  void wait_drained(MonoTime deadline) EXCLUDES(mutex_);
  /// Cuts what is left and ends the thread. What comes for it later falls to the floor.
  void stop();

  boost::asio::io_context& io() { return io_; }
  const std::shared_ptr<LoopHandle>& handle() const { return context_.handle; }

 private:
  void begin(Connection::Socket socket, Connection::Client client, TlsContext tls);
  void begin_drain();
  void closed(Connection& connection);
  void note_drained() EXCLUDES(mutex_);
  void tick();
  void cut_all();
  std::vector<std::shared_ptr<Connection>> open_connections() const;

  boost::asio::io_context io_{1};
  LoopContext context_;
  boost::asio::steady_timer timer_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  bool draining_ = false;

  Mutex mutex_;
  ConditionVariable empty_;
  bool drained_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace picket
