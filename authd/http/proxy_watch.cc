#include "authd/http/proxy_watch.h"

namespace picket::authd {
namespace {

constexpr Duration kBetweenLines = std::chrono::minutes(1);
constexpr Duration kShownFor = std::chrono::hours(1);

std::string entry_for(const std::string& proxy) {
  return fmt::format("trusted_proxies: [{}]", proxy);
}

}  // namespace

ProxyWatch::ProxyWatch(MetricRegistry& registry, Logger& log, const Clock& clock)
    : log_(log),
      clock_(clock),
      requests_(registry
                    .counter("authd_unlisted_proxy_requests_total",
                             "Requests with X-Forwarded-For from a private or loopback address that "
                             "trusted_proxies does not name.")
                    .Add({})) {}

void ProxyWatch::note(const std::string& proxy) {
  if (proxy.empty()) return;
  requests_.Increment();
  const MonoTime now = clock_.mono();
  {
    const MutexLock lock(mutex_);
    if (seen_.contains(proxy) || seen_.size() < kProxiesMax) seen_[proxy] = now;
    if (now < next_line_) return;
    next_line_ = now + kBetweenLines;
  }
  log_.warn("a proxy is not in trusted_proxies: all its clients count as one",
            {{"proxy", proxy}, {"write", entry_for(proxy)}});
}

std::vector<std::string> ProxyWatch::warnings() const {
  const MonoTime now = clock_.mono();
  std::vector<std::string> lines;
  const MutexLock lock(mutex_);
  for (const auto& [proxy, last] : seen_) {
    if (now - last > kShownFor) continue;
    lines.push_back(fmt::format(
        "{} sends X-Forwarded-For and is not in trusted_proxies: all its clients count as one. If it is your "
        "proxy, write: {}",
        proxy, entry_for(proxy)));
  }
  return lines;
}

void ProxyWatch::forget() {
  const MutexLock lock(mutex_);
  seen_.clear();
  next_line_ = {};
}

}  // namespace picket::authd
