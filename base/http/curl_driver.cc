#include "base/http/curl_driver.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <utility>

#include "base/net/event_loop_impl.h"
#include "base/net/fd_watcher.h"
#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket {

namespace {

constexpr std::size_t kMaxSpare = 64;

void start_library() {
  static std::once_flag once;
  std::call_once(once,
                 [] { check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl does not start"); });
}

}  // namespace

class CurlDriver::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, std::size_t max_idle, Finished finished)
      : finished_(std::move(finished)),
        sockets_(loop, [this](int fd, FdWatcher::Readiness ready) { on_ready(fd, ready); }),
        timer_(loop.impl().context()) {
    start_library();
    multi_ = curl_multi_init();
    check(multi_ != nullptr, "no memory for libcurl");
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Impl::on_timer_change);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(max_idle));
  }
  ~Impl() { curl_multi_cleanup(multi_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  CURLM* multi() { return multi_; }
  /// False when the system had no descriptor to watch sockets with.
  bool is_open() const { return sockets_.is_open(); }

  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    timer_.cancel(ignored);
  }

 private:
  void on_ready(int fd, FdWatcher::Readiness ready) {
    const int what = (ready.readable ? CURL_CSELECT_IN : 0) | (ready.writable ? CURL_CSELECT_OUT : 0) |
                     (ready.failed ? CURL_CSELECT_ERR : 0);
    act(fd, what);
  }

  void act(curl_socket_t fd, int what) {
    const auto keep_alive = shared_from_this();  // what has ended may end the client
    int running = 0;
    curl_multi_socket_action(multi_, fd, what, &running);
    int left = 0;
    while (!closed_) {
      const CURLMsg* message = curl_multi_info_read(multi_, &left);
      if (message == nullptr) break;
      if (message->msg != CURLMSG_DONE) continue;
      CURL* transfer = message->easy_handle;
      const CURLcode code = message->data.result;
      curl_multi_remove_handle(multi_, transfer);
      finished_(transfer, code);
    }
  }

  /// The timer stays armed when it is due later or no more: fewer system calls than libcurl's changes of
  /// mind.
  void set_timer(long wait_ms) {
    due_.reset();
    if (wait_ms < 0) return;
    if (wait_ms == 0) return act_soon();
    due_ = clock_.mono() + std::chrono::milliseconds(wait_ms);
    if (!armed_for_ || *due_ < *armed_for_) arm();
  }

  void act_soon() {
    if (std::exchange(soon_, true)) return;
    boost::asio::post(timer_.get_executor(), [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || self->closed_) return;
      self->soon_ = false;
      self->act_on_time();
    });
  }

  void act_on_time() {
    act(CURL_SOCKET_TIMEOUT, 0);
    if (closed_ || due_ || soon_) return;
    // libcurl is silent when its next moment has not changed.
    long wait_ms = -1;
    curl_multi_timeout(multi_, &wait_ms);
    if (wait_ms >= 0) set_timer(std::max(wait_ms, 1L));
  }

  void arm() {
    armed_for_ = *due_;
    timer_.expires_at(*due_);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (self && !error && !self->closed_) self->on_time();
    });
  }

  void on_time() {
    armed_for_.reset();
    if (!due_) return;
    if (clock_.mono() < *due_) return arm();
    due_.reset();
    act_on_time();
  }

  static int on_socket(CURL* /*transfer*/, curl_socket_t fd, int what, void* self, void* /*unused*/) {
    static_cast<Impl*>(self)->sockets_.watch(fd, (what & CURL_POLL_IN) != 0 && what != CURL_POLL_REMOVE,
                                             (what & CURL_POLL_OUT) != 0 && what != CURL_POLL_REMOVE);
    return 0;
  }

  static int on_timer_change(CURLM* /*multi*/, long wait_ms, void* self) {
    static_cast<Impl*>(self)->set_timer(wait_ms);
    return 0;
  }

  Finished finished_;
  FdWatcher sockets_;
  const SystemClock clock_;
  boost::asio::steady_timer timer_;
  std::optional<MonoTime> due_;        // when libcurl wants to be called
  std::optional<MonoTime> armed_for_;  // when the timer wakes us up: then or earlier
  bool soon_ = false;
  CURLM* multi_ = nullptr;
  bool closed_ = false;
};

CurlDriver::CurlDriver(EventLoop& loop, std::size_t max_idle, Finished finished)
    : impl_(std::make_shared<Impl>(loop, max_idle, std::move(finished))) {}

CurlDriver::~CurlDriver() {
  impl_->close();
  for (CURL* transfer : spare_) curl_easy_cleanup(transfer);
}

CURL* CurlDriver::take() {
  if (spare_.empty()) return curl_easy_init();
  CURL* transfer = spare_.back();
  spare_.pop_back();
  return transfer;
}

void CurlDriver::give_back(CURL* transfer) {
  if (spare_.size() >= kMaxSpare) {
    curl_easy_cleanup(transfer);
    return;
  }
  curl_easy_reset(transfer);
  spare_.push_back(transfer);
}

bool CurlDriver::start(CURL* transfer) {
  return impl_->is_open() && curl_multi_add_handle(impl_->multi(), transfer) == CURLM_OK;
}

void CurlDriver::cancel(CURL* transfer) {
  curl_multi_remove_handle(impl_->multi(), transfer);
}

}  // namespace picket
