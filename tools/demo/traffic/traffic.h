// Sends what is due (calls.h): keeps the cookies of those who are logged in, and plays the theft of a token.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "base/exec/mutex.h"
#include "base/http/client.h"
#include "base/time/scheduler.h"
#include "tools/demo/traffic/calls.h"
#include "tools/demo/traffic/traffic_options.h"

namespace picket::demo {

/// The last account is the one whose token is stolen; the others are the visitors. What it is given outlives it;
/// the scheduler must be stopped first.
class Traffic {
 public:
  Traffic(TrafficOptions options, std::vector<Account> accounts, CurlClient& client);

  /// Sends what is due at the next tick. One call at a time.
  void tick();

 private:
  void send(const Call& call);
  OutboundRequest request_of(const Call& call) EXCLUDES(mutex_);
  void log_in(std::size_t visitor);
  void play_theft();
  void begin_theft(const Device& owner);
  void show_stolen(const Device& from) EXCLUDES(mutex_);
  OutboundRequest request_to_authd(const std::string& path, const Device& from, std::string body) const;

  const TrafficOptions options_;
  const std::vector<Account> accounts_;
  CurlClient& client_;
  std::uint64_t tick_ = 0;
  Mutex mutex_;
  std::map<std::size_t, std::string> cookies_ GUARDED_BY(mutex_);  ///< by visitor
  std::string stolen_ GUARDED_BY(mutex_);                          ///< a refresh token
};

}  // namespace picket::demo
