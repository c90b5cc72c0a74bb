#include "base/http/server.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cstring>

#include "base/http/acceptor.h"
#include "base/http/loop_handle.h"
#include "base/http/server_context.h"
#include "base/http/server_loop.h"
#include "base/http/server_tls.h"

namespace picket {
namespace {

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

/// The limits that hold: no more connections than there may be descriptors.
ServerLimits within_descriptors(ServerLimits limits) {
  limits.connections = raise_descriptor_limit(limits.connections);
  return limits;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerConfig config, ServerContext::Parts parts)
      : config_(std::move(config)), context_(std::move(parts)), tls_(context_.web, context_.web.files()) {
    const std::size_t threads = std::max<std::size_t>(config_.threads, 1);
    for (std::size_t i = 0; i < threads; ++i) loops_.push_back(std::make_unique<ServerLoop>(context_));
    refresh_timer_.emplace(loops_.front()->io());
  }
  ~Impl() {
    stop(Duration::zero());
    // The loops wait for whoever is inside, who may still use every other part.
    acceptors_.clear();
    refresh_timer_.reset();
    loops_.clear();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> start();
  void stop(Duration drain);

  std::vector<std::string> addresses_;
  std::uint16_t port_ = 0;

 private:
  void accept(Acceptor::Accepted accepted);
  void starved(int error);
  void turn_away(int fd) const;
  void keep_tls_fresh();
  void refresh_tls();
  void report_refresh(const std::string& fault);
  void report_warnings();

  const ServerConfig config_;
  ServerContext context_;
  ServerTls tls_;
  std::vector<std::unique_ptr<ServerLoop>> loops_;  ///< the first one accepts
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::optional<boost::asio::steady_timer> refresh_timer_;
  std::size_t next_loop_ = 0;
  bool was_starved_ = false;

  Mutex mutex_;
  bool stopped_ GUARDED_BY(mutex_) = true;
  std::string refresh_fault_ GUARDED_BY(mutex_);
  std::shared_ptr<const WebConfig> warned_of_ GUARDED_BY(mutex_);
};

Result<void> Server::Impl::start() {
  if (Result<void> ready = tls_.refresh(); !ready) return ready;
  report_warnings();
  std::vector<ListenSocket> sockets;
  for (const std::string& spec : config_.listen) {
    Result<ListenSocket> socket = ListenSocket::open(spec);
    if (!socket) return fail(socket);
    if (port_ == 0) port_ = socket->port();
    addresses_.push_back(socket->address());
    sockets.push_back(std::move(*socket));
  }
  if (context_.limits.connections < config_.limits.connections) {
    context_.log.warn(
        "fewer connections than configured: the descriptor limit is low",
        {{"connections", context_.limits.connections}, {"configured", config_.limits.connections}});
  }
  for (ListenSocket& socket : sockets) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        loops_.front()->io(), std::move(socket),
        Acceptor::Events{[this](Acceptor::Accepted accepted) { accept(std::move(accepted)); },
                         [this](int error) { starved(error); }}));
    acceptors_.back()->start();
  }
  if (!context_.web.path().empty()) keep_tls_fresh();
  for (const auto& loop : loops_) loop->start();
  const MutexLock lock(mutex_);
  stopped_ = false;
  return {};
}

void Server::Impl::accept(Acceptor::Accepted accepted) {
  was_starved_ = false;
  if (!context_.admission.enter(accepted.client.key)) {
    context_.rejected("max_connections");
    return turn_away(accepted.fd);
  }
  ServerLoop& loop = *loops_[next_loop_++ % loops_.size()];
  Connection::Socket socket(loop.io());
  boost::system::error_code error;
  socket.assign(boost::asio::generic::stream_protocol(accepted.family, 0), accepted.fd, error);
  if (!error) return loop.take(std::move(socket), std::move(accepted.client), tls_.context());
  context_.admission.leave(accepted.client.key);
  ::close(accepted.fd);
}

/// A short answer if it fits the socket's buffer, and no waiting.
void Server::Impl::turn_away(int fd) const {
  if (!tls_.context()) ::send(fd, kFull.data(), kFull.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(fd, SHUT_WR);
  ::close(fd);
}

void Server::Impl::starved(int error) {
  context_.rejected("max_connections");
  if (!was_starved_) context_.log.warn("cannot accept connections", {{"error", std::strerror(error)}});
  was_starved_ = true;
}

void Server::Impl::keep_tls_fresh() {
  refresh_timer_->expires_after(kTlsRefresh);
  refresh_timer_->async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    refresh_tls();
    keep_tls_fresh();
  });
}

/// Off the loops: a slow disk must not stop the requests.
void Server::Impl::refresh_tls() {
  context_.dispatcher.submit_slow([this, loop = loops_.front()->handle()] {
    const LoopHandle::Entry entry(loop);
    if (!entry) return;
    const Result<void> refreshed = tls_.refresh();
    report_refresh(refreshed ? "" : refreshed.error().message);
    report_warnings();
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

/// Once per config.
void Server::Impl::report_warnings() {
  const std::shared_ptr<const WebConfig> config = context_.web.current();
  {
    const MutexLock lock(mutex_);
    if (std::exchange(warned_of_, config) == config) return;
  }
  for (const std::string& warning : config->warnings) {
    context_.log.warn("web config works, but look at this", {{"warning", warning}});
  }
}

void Server::Impl::stop(Duration drain) {
  {
    const MutexLock lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  const MonoTime deadline = context_.now() + drain;
  context_.draining = true;
  loops_.front()->handle()->post([this] {
    for (const auto& acceptor : acceptors_) acceptor->stop();
    refresh_timer_->cancel();
    for (const auto& loop : loops_) loop->drain();
  });
  for (const auto& loop : loops_) loop->wait_drained(deadline);
  for (const auto& loop : loops_) loop->stop();
}

Server::Server(ServerConfig config, ServerParts parts) {
  const ServerLimits limits = within_descriptors(config.limits);
  impl_ = std::make_unique<Impl>(
      std::move(config), ServerContext::Parts{limits, parts.router, parts.pool, parts.web, parts.log,
                                              std::move(parts.observer), std::move(parts.problem_page)});
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
