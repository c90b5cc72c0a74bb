#include "base/http/server.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/http/acceptor.h"
#include "base/http/admission.h"
#include "base/http/connection.h"
#include "base/http/server_context.h"
#include "base/http/server_tls.h"

namespace picket {
namespace {

namespace asio = boost::asio;

constexpr Duration kMaxTick = std::chrono::milliseconds(100);
constexpr Duration kMinTick = std::chrono::milliseconds(2);
constexpr Duration kTlsRefresh = std::chrono::seconds(1);
constexpr rlim_t kSpareDescriptors = 64;  // for files, databases and probes
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";

/// Lets the process have as many descriptors as it may; returns how many connections that allows.
std::size_t raise_descriptor_limit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + kSpareDescriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  const rlim_t usable =
      limit.rlim_cur > 2 * kSpareDescriptors ? limit.rlim_cur - kSpareDescriptors : limit.rlim_cur / 2;
  return std::min<std::size_t>(wanted, usable);
}

Duration tick_of(const ServerLimits& limits) {
  const Duration shortest = std::min({limits.header_timeout, limits.body_timeout, limits.idle_timeout,
                                      limits.write_timeout, limits.request_timeout});
  return std::clamp(shortest / 8, kMinTick, kMaxTick);
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerConfig config, ServerContext::Parts parts)
      : config_(std::move(config)),
        door_(std::make_shared<LoopDoor>(
            [this](std::function<void()> work) { asio::post(io_, std::move(work)); })),
        context_(std::move(parts), door_),
        tls_(context_.web, context_.web.files()),
        timer_(io_) {}

  ~Impl() {
    stop(Duration::zero());
    door_->wait_empty();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> start();
  void stop(Duration drain);

  std::vector<std::string> addresses_;
  std::uint16_t port_ = 0;

 private:
  void accept(Connection::Socket socket, Connection::Client client);
  void starved(int error);
  void turn_away(Connection::Socket socket);
  void closed(Connection& connection);
  void tick();
  void refresh_tls();
  void report_refresh(const std::string& fault);
  std::vector<std::shared_ptr<Connection>> open_connections() const;
  void begin_drain();
  void cut_all();
  void wait_drained(Duration drain);

  const ServerConfig config_;
  asio::io_context io_{1};
  const std::shared_ptr<LoopDoor> door_;
  ServerContext context_;
  ServerTls tls_;
  asio::steady_timer timer_;
  std::optional<Admission> admission_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  MonoTime next_refresh_{};
  bool was_starved_ = false;

  Mutex mutex_;
  ConditionVariable empty_;
  bool drained_ GUARDED_BY(mutex_) = false;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::string refresh_fault_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

Result<void> Server::Impl::start() {
  if (Result<void> ready = tls_.refresh(); !ready) return ready;
  std::vector<ListenSocket> sockets;
  for (const std::string& spec : config_.listen) {
    Result<ListenSocket> socket = ListenSocket::open(spec);
    if (!socket) return fail(socket);
    if (port_ == 0) port_ = socket->port();
    addresses_.push_back(socket->address());
    sockets.push_back(std::move(*socket));
  }
  const std::size_t connections = raise_descriptor_limit(config_.limits.connections);
  if (connections < config_.limits.connections) {
    context_.log.warn("fewer connections than configured: the descriptor limit is low",
                      {{"connections", connections}, {"configured", config_.limits.connections}});
  }
  admission_.emplace(connections, config_.limits.connections_per_address);
  for (ListenSocket& socket : sockets) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        io_, std::move(socket),
        Acceptor::Events{
            [this](Connection::Socket s, Connection::Client c) { accept(std::move(s), std::move(c)); },
            [this](int error) { starved(error); }}));
    acceptors_.back()->start();
  }
  tick();
  thread_ = std::jthread([this] {
    const auto guard = asio::make_work_guard(io_);
    io_.run();
  });
  return {};
}

void Server::Impl::accept(Connection::Socket socket, Connection::Client client) {
  was_starved_ = false;
  if (!admission_->enter(client.key)) {
    context_.rejected("max_connections");
    return turn_away(std::move(socket));
  }
  auto connection =
      std::make_shared<Connection>(context_, std::move(socket), std::move(client), tls_.context());
  connections_.emplace(connection.get(), connection);
  connection->start([this](Connection& c) { closed(c); });
}

/// A short answer if it fits the socket's buffer, and no waiting.
void Server::Impl::turn_away(Connection::Socket socket) {
  if (!tls_.context())
    ::send(socket.native_handle(), kFull.data(), kFull.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  boost::system::error_code ignored;
  socket.shutdown(Connection::Socket::shutdown_send, ignored);
  socket.close(ignored);
}

void Server::Impl::starved(int error) {
  context_.rejected("max_connections");
  if (!was_starved_) context_.log.warn("cannot accept connections", {{"error", std::strerror(error)}});
  was_starved_ = true;
}

void Server::Impl::closed(Connection& connection) {
  admission_->leave(connection.client().key);
  connections_.erase(&connection);
  if (!context_.draining || !connections_.empty()) return;
  const MutexLock lock(mutex_);
  drained_ = true;
  empty_.notify_all();
}

void Server::Impl::tick() {
  const MonoTime now = context_.now();
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) connection->tick(now);
  if (now >= next_refresh_) refresh_tls();
  timer_.expires_after(tick_of(config_.limits));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

/// Off this thread: a slow disk must not stop the requests.
void Server::Impl::refresh_tls() {
  next_refresh_ = context_.now() + kTlsRefresh;
  if (context_.web.path().empty()) return;
  context_.dispatcher.submit_slow([this] {
    if (!door_->enter()) return;
    const Result<void> refreshed = tls_.refresh();
    report_refresh(refreshed ? "" : refreshed.error().message);
    door_->leave();
  });
}

/// Once per fault, not once a second.
void Server::Impl::report_refresh(const std::string& fault) {
  {
    const MutexLock lock(mutex_);
    if (refresh_fault_ == fault) return;
    refresh_fault_ = fault;
  }
  if (fault.empty()) return context_.log.info("web config is in order again");
  context_.log.warn("web config keeps its last good state", {{"error", fault}});
}

/// A copy: ending a connection takes it out of the map.
std::vector<std::shared_ptr<Connection>> Server::Impl::open_connections() const {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  return all;
}

void Server::Impl::begin_drain() {
  context_.draining = true;
  for (const auto& acceptor : acceptors_) acceptor->stop();
  for (const auto& connection : open_connections()) connection->drain();
  if (!connections_.empty()) return;
  const MutexLock lock(mutex_);
  drained_ = true;
  empty_.notify_all();
}

void Server::Impl::cut_all() {
  for (const auto& connection : open_connections()) connection->cut();
  timer_.cancel();
  io_.stop();
}

void Server::Impl::wait_drained(Duration drain) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  empty_.wait_for(lock, drain, [this] { return drained_; });
}

void Server::Impl::stop(Duration drain) {
  {
    const MutexLock lock(mutex_);
    if (std::exchange(stopped_, true) || !thread_.joinable()) {
      door_->shut();
      return;
    }
  }
  door_->post([this] { begin_drain(); });
  wait_drained(drain);
  door_->post([this] { cut_all(); });
  thread_.join();
  door_->shut();
}

Server::Server(ServerConfig config, ServerParts parts) {
  const ServerLimits limits = config.limits;
  impl_ = std::make_unique<Impl>(std::move(config),
                                 ServerContext::Parts{limits, parts.router, parts.pool, parts.web, parts.log,
                                                      std::move(parts.observer)});
}

Server::~Server() = default;

Result<void> Server::start() {
  return impl_->start();
}
void Server::stop(Duration drain) {
  impl_->stop(drain);
}
std::vector<std::string> Server::addresses() const {
  return impl_->addresses_;
}
std::uint16_t Server::port() const {
  return impl_->port_;
}

}  // namespace picket
