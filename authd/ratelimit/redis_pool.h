// Connections to one Redis, each used by one thread at a time: commands with deadlines, and a pause after a
// failure in which every caller is told at once that Redis is away (one caller at a time tries again). Built
// on hiredis, seen only in redis_pool.cc. Plain TCP or a unix socket: hiredis 0.14 has no TLS. Name the
// server by its address: a name is resolved without a deadline.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/reader.h"
#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::authd {

struct RedisConfig {
  std::string address{};  ///< "127.0.0.1:6379", "[::1]:6379", or "/run/redis.sock"
  std::string username{};
  Secret password{};
  int database = 0;
  std::string key_prefix = "picket:";
  std::size_t connections = 8;
  Duration connect_timeout = std::chrono::milliseconds(250);
  Duration command_timeout = std::chrono::milliseconds(100);
  Duration pause_after_failure = std::chrono::seconds(1);

  bool operator==(const RedisConfig&) const = default;
};
void read_yaml(MapReader& r, RedisConfig& c);

class RedisPool {
 public:
  RedisPool(RedisConfig config, const Clock& clock);
  ~RedisPool();
  RedisPool(const RedisPool&) = delete;
  RedisPool& operator=(const RedisPool&) = delete;

  /// The numbers that the command answers (one number is a list of one). Unavailable: Redis is away, or all
  /// connections are busy for longer than the deadline; NotFound: NOSCRIPT; Internal: an error of Redis.
  Result<std::vector<std::int64_t>> numbers(std::span<const std::string> command);

  bool is_up() const { return is_up_; }
  const RedisConfig& config() const { return config_; }

 private:
  class Connection;
  using Handle = std::unique_ptr<Connection>;
  enum class Contact : std::uint8_t { None, Fine, Broken };

  bool is_paused() EXCLUDES(mutex_);
  Result<Handle> take() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis);
  void give_back(Handle connection, bool is_fine) EXCLUDES(mutex_);
  void note(bool is_fine) EXCLUDES(mutex_);
  Result<std::vector<std::int64_t>> run(std::span<const std::string> command, Contact& contact);

  const RedisConfig config_;
  const Clock& clock_;
  std::atomic<bool> is_up_{true};
  Mutex mutex_;
  ConditionVariable returned_;
  std::vector<Handle> idle_ GUARDED_BY(mutex_);
  std::size_t out_ GUARDED_BY(mutex_) = 0;
  MonoTime paused_until_ GUARDED_BY(mutex_){};
};

}  // namespace picket::authd
