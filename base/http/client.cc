#include "base/http/client.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <future>
#include <unordered_set>
#include <utility>

#include "base/http/client_exchange.h"
#include "base/net/event_loop_impl.h"

namespace picket {

namespace {

constexpr Duration kSweep = std::chrono::milliseconds(50);

}  // namespace

/// Lives on the loop's thread, but for the counters.
class CurlClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  using Shared = std::shared_ptr<ClientExchange>;

  Impl(EventLoop& loop, Resolver& resolver, ClientOptions options)
      : loop_(loop),
        resolver_(resolver),
        options_(options),
        driver_(std::make_unique<CurlDriver>(loop, options.max_idle, &CurlHop::finished)),
        sweep_(loop.impl().context()) {}

  EventLoop& loop() { return loop_; }

  void admit(const Shared& exchange) {
    if (closed_)
      return exchange->abandon(FailedStep::Request, ErrorKind::Unavailable, "the client was closed");
    if (running_.size() < options_.max_concurrent) return start(exchange);
    if (queue_.size() >= options_.max_queued) {
      ++refused_;
      return exchange->abandon(FailedStep::Request, ErrorKind::Unavailable, "too many requests wait already");
    }
    queue_.push_back(exchange);
    queued_count_ = queue_.size();
    arm_sweep();
  }

  void close() {
    closed_ = true;
    sweep_.cancel();
    std::deque<Shared> all = std::move(queue_);
    queue_.clear();
    for (const Shared& exchange : running_) all.push_back(exchange);
    for (const Shared& exchange : all) {
      exchange->abandon(FailedStep::Request, ErrorKind::Unavailable, "the client was closed");
    }
    driver_.reset();
  }

  ClientStats stats() const { return {running_count_.load(), queued_count_.load(), refused_.load()}; }

 private:
  void start(const Shared& exchange) {
    running_.insert(exchange);
    running_count_ = running_.size();
    exchange->start({*driver_, resolver_},
                    [self = shared_from_this(), raw = exchange.get()] { self->ended(raw); });
  }

  void ended(ClientExchange* exchange) {
    running_.erase(exchange->shared_from_this());
    running_count_ = running_.size();
    if (!closed_ && !queue_.empty()) start_queued();
  }

  /// Posted, so that a chain of failures at once does not nest.
  void start_queued() {
    boost::asio::post(loop_.impl().context(), [self = shared_from_this()] {
      if (self->closed_ || self->queue_.empty()) return;
      if (self->running_.size() >= self->options_.max_concurrent) return;
      const Shared next = std::move(self->queue_.front());
      self->queue_.pop_front();
      self->queued_count_ = self->queue_.size();
      self->start(next);
    });
  }

  void arm_sweep() {
    if (sweep_armed_ || closed_ || queue_.empty()) return;
    sweep_armed_ = true;
    sweep_.expires_after(kSweep);
    sweep_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (!self || error || self->closed_) return;
      self->sweep_armed_ = false;
      self->answer_the_late();
      self->arm_sweep();
    });
  }

  /// A request does not wait in the queue past its own deadline.
  void answer_the_late() {
    std::vector<Shared> late;
    std::erase_if(queue_, [&](const Shared& exchange) {
      const bool passed = exchange->deadline().passed(clock_);
      if (passed) late.push_back(exchange);
      return passed;
    });
    queued_count_ = queue_.size();
    for (const Shared& exchange : late) {
      exchange->abandon(FailedStep::Timeout, ErrorKind::Timeout, "no free slot in time");
    }
  }

  EventLoop& loop_;
  Resolver& resolver_;
  const ClientOptions options_;
  const SystemClock clock_;
  std::unique_ptr<CurlDriver> driver_;
  boost::asio::steady_timer sweep_;
  bool sweep_armed_ = false;
  bool closed_ = false;
  std::unordered_set<Shared> running_;
  std::deque<Shared> queue_;
  std::atomic<std::size_t> running_count_{0};
  std::atomic<std::size_t> queued_count_{0};
  std::atomic<std::uint64_t> refused_{0};
};

CurlClient::CurlClient(EventLoop& loop, Resolver& resolver, ClientOptions options)
    : impl_(std::make_shared<Impl>(loop, resolver, options)) {}

CurlClient::~CurlClient() {
  impl_->loop().impl().run_and_wait([this] { impl_->close(); });
}

ClientStats CurlClient::stats() const {
  return impl_->stats();
}

void CurlClient::send_async(OutboundRequest request, const std::function<void(ClientResponse)>& done) {
  Result<std::shared_ptr<ClientExchange>> exchange = ClientExchange::create(std::move(request), done);
  if (!exchange) {
    ClientResponse malformed;
    malformed.failed = FailedStep::Request;
    malformed.error = exchange.error();
    return done(std::move(malformed));
  }
  boost::asio::post(impl_->loop().impl().context(),
                    [impl = impl_, exchange = std::move(*exchange)] { impl->admit(exchange); });
}

ClientResponse CurlClient::exchange(const OutboundRequest& request) {
  check(!impl_->loop().in_loop(), "a blocking request would wait for its own thread: use send_async()");
  std::promise<ClientResponse> promise;
  send_async(request, [&](ClientResponse answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

Result<Response> CurlClient::send(const OutboundRequest& request) {
  ClientResponse answer = exchange(request);
  if (answer.failed != FailedStep::None) return fail(std::move(answer.error));
  return std::move(answer.response);
}

}  // namespace picket
