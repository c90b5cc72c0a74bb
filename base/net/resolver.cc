#include "base/net/resolver.h"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/net/dns_channel.h"
#include "base/net/event_loop_impl.h"
#include "base/text/strings.h"

namespace picket {

namespace {

using Addresses = std::vector<IpAddress>;
constexpr Duration kTick = std::chrono::milliseconds(50);
constexpr Duration kServersCheckedEvery = std::chrono::seconds(5);
constexpr const char* kServersFile = "/etc/resolv.conf";

DnsChannel::Family family_of(IpPreference preference) {
  if (preference == IpPreference::V4Only) return DnsChannel::Family::V4;
  return preference == IpPreference::V6Only ? DnsChannel::Family::V6 : DnsChannel::Family::Any;
}

bool wanted(const IpAddress& address, IpPreference preference) {
  if (preference == IpPreference::V4Only) return address.family() == IpAddress::Family::V4;
  if (preference == IpPreference::V6Only) return address.family() == IpAddress::Family::V6;
  return true;
}

Addresses in_order(Addresses addresses, IpPreference preference) {
  if (preference == IpPreference::Any) return addresses;
  const bool v4_first = preference == IpPreference::V4First || preference == IpPreference::V4Only;
  const auto first = v4_first ? IpAddress::Family::V4 : IpAddress::Family::V6;
  std::stable_partition(addresses.begin(), addresses.end(),
                        [&](const IpAddress& address) { return address.family() == first; });
  return addresses;
}

/// The answer to what needs no lookup: an address, or what can be no name.
std::optional<Result<Addresses>> answer_at_once(const std::string& host, IpPreference preference) {
  if (const Result<IpAddress> literal = IpAddress::parse(host)) {
    if (wanted(*literal, preference)) return Addresses{*literal};
    return fail(ErrorKind::NotFound, fmt::format("{} is not of the wanted address family", host));
  }
  const bool name = !host.empty() && host.size() <= 254 && std::none_of(host.begin(), host.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == ':';
  });
  if (name) return std::nullopt;
  return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" is not a host name", host.substr(0, 64)));
}

timespec changed_at(const char* path) {
  struct stat status {};
  return stat(path, &status) == 0 ? status.st_mtim : timespec{};
}

}  // namespace

std::optional<AddressCounts> count_addresses(const std::string& host,
                                             const std::vector<IpAddress>& addresses) {
  if (IpAddress::parse(host)) return std::nullopt;
  AddressCounts counts;
  for (const IpAddress& address : addresses) {
    ++(address.family() == IpAddress::Family::V4 ? counts.v4 : counts.v6);
  }
  return counts;
}

/// Lives on the loop's thread, but for resolve().
class Resolver::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, ResolverOptions options)
      : loop_(loop), options_(std::move(options)), timer_(loop.impl().context()) {}

  void resolve(std::string host, IpPreference preference, Deadline deadline, Callback callback);
  void close();
  EventLoop& loop() { return loop_; }

 private:
  using Key = std::pair<std::string, DnsChannel::Family>;
  struct Waiter {
    Key key;
    IpPreference preference;
    Callback callback;
  };
  using Waiters = std::multimap<MonoTime, Waiter>;  // by deadline
  struct Lookup {
    std::vector<Waiters::iterator> waiters;
    bool started = false;
  };

  void join(const std::string& host, IpPreference preference, Deadline deadline, Callback callback);
  void start_queued();
  void start(const Key& key);
  void answered(const Key& key, const Result<Addresses>& result);
  void leave(Waiters::iterator waiter);
  void on_timer();
  void arm_timer();
  DnsChannel* channel();
  void drop_idle_channels();

  EventLoop& loop_;
  const ResolverOptions options_;
  const SystemClock clock_;
  boost::asio::steady_timer timer_;
  bool timer_armed_ = false;
  bool closed_ = false;
  Waiters waiters_;
  std::map<Key, Lookup> lookups_;
  std::deque<Key> queue_;
  std::size_t running_ = 0;
  std::vector<std::unique_ptr<DnsChannel>> channels_;  // the last one is current
  timespec servers_changed_{};
  MonoTime servers_checked_{};
};

void Resolver::Impl::resolve(std::string host, IpPreference preference, Deadline deadline,
                             Callback callback) {
  boost::asio::post(loop_.impl().context(), [self = shared_from_this(), host = std::move(host), preference,
                                             deadline, callback = std::move(callback)]() mutable {
    if (auto answer = answer_at_once(host, preference)) return callback(std::move(*answer));
    self->join(host, preference, deadline, std::move(callback));
  });
}

void Resolver::Impl::join(const std::string& host, IpPreference preference, Deadline deadline,
                          Callback callback) {
  if (closed_) return callback(fail(ErrorKind::Unavailable, "the resolver was closed"));
  if (deadline.passed(clock_)) {
    return callback(fail(ErrorKind::Timeout, fmt::format("resolving {}: no time left", host)));
  }
  if (waiters_.size() >= options_.max_waiting) {
    return callback(fail(ErrorKind::Unavailable, fmt::format("resolving {}: too many lookups wait", host)));
  }
  const Key key{to_lower(host), family_of(preference)};
  const auto waiter = waiters_.emplace(deadline.at, Waiter{key, preference, std::move(callback)});
  const auto [lookup, is_new] = lookups_.try_emplace(key);
  lookup->second.waiters.push_back(waiter);
  if (is_new) queue_.push_back(key);
  start_queued();
  arm_timer();
}

void Resolver::Impl::start_queued() {
  while (!queue_.empty() && running_ < options_.max_lookups) {
    const Key key = std::move(queue_.front());
    queue_.pop_front();
    const auto lookup = lookups_.find(key);
    if (lookup == lookups_.end() || lookup->second.started) continue;  // its callers have given up
    lookup->second.started = true;
    start(key);
  }
}

void Resolver::Impl::start(const Key& key) {
  DnsChannel* dns = channel();
  if (dns == nullptr) {
    ++running_;
    return answered(key, fail(ErrorKind::Unavailable, fmt::format("resolving {}: no resolver", key.first)));
  }
  ++running_;
  // Answers may come inside the call, or when the channel dies: post keeps every path the same.
  dns->lookup(key.first, key.second, [weak = weak_from_this(), key](Result<Addresses> result) {
    const auto self = weak.lock();
    if (!self || self->closed_) return;
    boost::asio::post(self->loop_.impl().context(), [self, key, result = std::move(result)] {
      if (!self->closed_) self->answered(key, result);
    });
  });
}

void Resolver::Impl::answered(const Key& key, const Result<Addresses>& result) {
  --running_;
  std::vector<Waiter> owned;  // taken out first: a callback may close the resolver
  if (const auto node = lookups_.extract(key); !node.empty()) {
    for (const Waiters::iterator waiter : node.mapped().waiters) {
      owned.push_back(std::move(waiter->second));
      waiters_.erase(waiter);
    }
  }
  for (const Waiter& waiter : owned) {
    waiter.callback(result ? Result<Addresses>(in_order(*result, waiter.preference)) : result);
  }
  if (!closed_) start_queued();
}

/// The caller's deadline passed: it gets its answer; the query goes on for the others, or into the void.
void Resolver::Impl::leave(Waiters::iterator waiter) {
  const Waiter owned = std::move(waiter->second);
  if (const auto lookup = lookups_.find(owned.key); lookup != lookups_.end()) {
    auto& all = lookup->second.waiters;
    all.erase(std::remove(all.begin(), all.end(), waiter), all.end());
    if (all.empty() && !lookup->second.started) lookups_.erase(lookup);
  }
  waiters_.erase(waiter);
  owned.callback(fail(ErrorKind::Timeout, fmt::format("resolving {}: no answer in time", owned.key.first)));
}

void Resolver::Impl::on_timer() {
  timer_armed_ = false;
  const MonoTime now = clock_.mono();
  while (!closed_ && !waiters_.empty() && waiters_.begin()->first <= now) leave(waiters_.begin());
  if (closed_) return;
  for (const auto& dns : channels_) dns->tick();
  drop_idle_channels();
  arm_timer();
}

void Resolver::Impl::arm_timer() {
  if (timer_armed_ || closed_ || (waiters_.empty() && running_ == 0)) return;
  MonoTime when = clock_.mono() + kTick;
  if (!waiters_.empty()) when = std::min(when, waiters_.begin()->first);
  timer_armed_ = true;
  timer_.expires_at(when);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error && !self->closed_) self->on_timer();
  });
}

/// The current channel; a new one when the machine's list of servers has changed. Null when none can be made.
DnsChannel* Resolver::Impl::channel() {
  const MonoTime now = clock_.mono();
  const bool look =
      channels_.empty() || (options_.servers.empty() && now - servers_checked_ > kServersCheckedEvery);
  if (!look) return channels_.back().get();
  servers_checked_ = now;
  const timespec changed = changed_at(kServersFile);
  const bool same = changed.tv_sec == servers_changed_.tv_sec && changed.tv_nsec == servers_changed_.tv_nsec;
  if (!channels_.empty() && same) return channels_.back().get();
  servers_changed_ = changed;
  Result<std::unique_ptr<DnsChannel>> opened = DnsChannel::open(loop_, options_);
  if (opened) channels_.push_back(std::move(*opened));
  return channels_.empty() ? nullptr : channels_.back().get();
}

void Resolver::Impl::drop_idle_channels() {
  while (channels_.size() > 1 && channels_.front()->in_flight() == 0) channels_.erase(channels_.begin());
}

void Resolver::Impl::close() {
  closed_ = true;
  timer_.cancel();
  channels_.clear();
  lookups_.clear();
  const Waiters left = std::exchange(waiters_, {});
  for (const auto& [deadline, waiter] : left) {
    waiter.callback(fail(ErrorKind::Unavailable, "the resolver was closed"));
  }
}

Resolver::Resolver(EventLoop& loop, ResolverOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}

Resolver::~Resolver() {
  impl_->loop().impl().run_and_wait([this] { impl_->close(); });
}

void Resolver::resolve(const std::string& host, IpPreference preference, Deadline deadline,
                       Callback callback) {
  impl_->resolve(host, preference, deadline, std::move(callback));
}

}  // namespace picket
