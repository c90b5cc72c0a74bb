// Checks user names and passwords against bcrypt hashes. Bounded: two bcrypt runs at a time, a few waiters,
// and two caches (right and wrong credentials apart, so that a flood of wrong ones does not push out the
// right ones). What is cached is an HMAC under a key that lives as long as the process. Safe from any thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/crypto/random.h"
#include "base/exec/mutex.h"

namespace picket {

struct Credentials {
  std::string user;
  std::string password;
};
/// Of "Basic <base64>" (RFC 7617); nothing when it is anything else.
std::optional<Credentials> parse_basic_authorization(const std::string& field);

class WebAuth {
 public:
  using Users = std::map<std::string, std::string>;  ///< name to bcrypt hash
  enum class Verdict { Right, Wrong, Busy };

  explicit WebAuth(Random& random) : key_(random.bytes(32)) {}

  /// From the caches; nothing when it is in neither.
  std::optional<Verdict> known(const Users& users, const Credentials& credentials) const;
  /// Takes a bcrypt run when the caches do not know.
  Verdict check(const Users& users, const Credentials& credentials);

 private:
  class Cache {
   public:
    explicit Cache(std::size_t capacity) : capacity_(capacity) {}
    bool has(const std::string& key) const { return keys_.contains(key); }
    void add(const std::string& key);

   private:
    const std::size_t capacity_;
    std::unordered_set<std::string> keys_;
    std::deque<std::string> order_;
  };

  std::string cache_key(const Users& users, const Credentials& credentials) const;
  bool begin_run() EXCLUDES(mutex_);
  void end_run() EXCLUDES(mutex_);

  const std::string key_;
  mutable Mutex mutex_;
  ConditionVariable free_;
  int running_ GUARDED_BY(mutex_) = 0;
  int waiting_ GUARDED_BY(mutex_) = 0;
  Cache right_ GUARDED_BY(mutex_){256};
  Cache wrong_ GUARDED_BY(mutex_){4096};
};

}  // namespace picket
