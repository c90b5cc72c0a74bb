#include "base/http/server_loop.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <mutex>

namespace picket {
namespace {

namespace asio = boost::asio;

constexpr Duration kMaxTick = std::chrono::milliseconds(100);
constexpr Duration kMinTick = std::chrono::milliseconds(2);

Duration tick_of(const ServerLimits& limits) {
  const Duration shortest = std::min({limits.header_timeout, limits.body_timeout, limits.idle_timeout,
                                      limits.write_timeout, limits.request_timeout});
  return std::clamp(shortest / 8, kMinTick, kMaxTick);
}

}  // namespace

ServerLoop::ServerLoop(ServerContext& server)
    : context_(server, std::make_shared<LoopHandle>(
                           [this](std::function<void()> work) { asio::post(io_, std::move(work)); })),
      timer_(io_) {}

ServerLoop::~ServerLoop() {
  handle()->shut();
  handle()->wait_empty();
}

void ServerLoop::start() {
  tick();
  thread_ = std::jthread([this] {
    const auto guard = asio::make_work_guard(io_);
    io_.run();
  });
}

void ServerLoop::take(Connection::Socket socket, Connection::Client client, TlsContext tls) {
  // A std::function must be copyable: the socket is shared, not copied.
  const auto shared = std::make_shared<Connection::Socket>(std::move(socket));
  handle()->post([this, shared, client = std::move(client), tls = std::move(tls)] {
    begin(std::move(*shared), client, tls);
  });
}

void ServerLoop::begin(Connection::Socket socket, Connection::Client client, TlsContext tls) {
  if (draining_) return context_.server.admission.leave(client.key);
  auto connection =
      std::make_shared<Connection>(context_, std::move(socket), std::move(client), std::move(tls));
  connections_.emplace(connection.get(), connection);
  connection->start([this](Connection& c) { closed(c); });
}

void ServerLoop::closed(Connection& connection) {
  context_.server.admission.leave(connection.client().key);
  connections_.erase(&connection);
  if (draining_ && connections_.empty()) note_drained();
}

void ServerLoop::tick() {
  const MonoTime now = context_.server.now();
  for (const auto& connection : open_connections()) connection->tick(now);
  timer_.expires_after(tick_of(context_.server.limits));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

/// A copy: ending a connection takes it out of the map.
std::vector<std::shared_ptr<Connection>> ServerLoop::open_connections() const {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  return all;
}

void ServerLoop::drain() {
  handle()->post([this] { begin_drain(); });
}

void ServerLoop::begin_drain() {
  draining_ = true;
  for (const auto& connection : open_connections()) connection->drain();
  if (connections_.empty()) note_drained();
}

void ServerLoop::note_drained() {
  const MutexLock lock(mutex_);
  drained_ = true;
  empty_.notify_all();
}

void ServerLoop::wait_drained(MonoTime deadline) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  empty_.wait_until(lock, deadline, [this] { return drained_; });
}

void ServerLoop::stop() {
  handle()->post([this] { cut_all(); });
  if (thread_.joinable()) thread_.join();
  handle()->shut();
}

void ServerLoop::cut_all() {
  for (const auto& connection : open_connections()) connection->cut();
  timer_.cancel();
  io_.stop();
}

}  // namespace picket
