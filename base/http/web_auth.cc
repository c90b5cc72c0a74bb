#include "base/http/web_auth.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/crypto/bcrypt.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr int kMaxRuns = 2;
constexpr int kMaxWaiting = 16;
constexpr std::size_t kMaxField = 1024;

/// Matches no password, and takes as long as the slowest hash of a real user.
std::string dummy_hash(const WebAuth::Users& users) {
  int cost = 4;
  for (const auto& [name, hash] : users) cost = std::max(cost, bcrypt_cost(hash));
  return fmt::format("$2b${:02}${}", cost, std::string(53, 'a'));
}

}  // namespace

std::optional<Credentials> parse_basic_authorization(const std::string& field) {
  constexpr std::string_view kScheme = "Basic ";
  if (field.size() > kMaxField || !iequals(std::string_view(field).substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  const Result<std::string> decoded = base64_decode(trim(std::string_view(field).substr(kScheme.size())));
  if (!decoded) return std::nullopt;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

void WebAuth::Cache::add(const std::string& key) {
  if (!keys_.insert(key).second) return;
  order_.push_back(key);
  if (order_.size() <= capacity_) return;
  keys_.erase(order_.front());
  order_.pop_front();
}

/// The hash is part of the key: a changed password makes the old one unknown at once.
std::string WebAuth::cache_key(const Users& users, const Credentials& credentials) const {
  const auto user = users.find(credentials.user);
  const std::string_view hash = user == users.end() ? std::string_view("-") : std::string_view(user->second);
  return hmac_sha256(key_, fmt::format("{}:{}:{}:{}", hash, credentials.user.size(), credentials.user,
                                       credentials.password));
}

std::optional<WebAuth::Verdict> WebAuth::known(const Users& users, const Credentials& credentials) const {
  const std::string key = cache_key(users, credentials);
  const MutexLock lock(mutex_);
  if (right_.has(key)) return Verdict::Right;
  if (wrong_.has(key)) return Verdict::Wrong;
  return std::nullopt;
}

WebAuth::Verdict WebAuth::check(const Users& users, const Credentials& credentials) {
  if (const std::optional<Verdict> verdict = known(users, credentials)) return *verdict;
  if (!begin_run()) return Verdict::Busy;
  const auto user = users.find(credentials.user);
  const std::string hash = user == users.end() ? dummy_hash(users) : user->second;
  const bool is_right = bcrypt_matches(credentials.password, hash) && user != users.end();
  end_run();
  const std::string key = cache_key(users, credentials);
  const MutexLock lock(mutex_);
  (is_right ? right_ : wrong_).add(key);
  return is_right ? Verdict::Right : Verdict::Wrong;
}

bool WebAuth::begin_run() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  if (running_ >= kMaxRuns && waiting_ >= kMaxWaiting) return false;
  ++waiting_;
  free_.wait(lock, [this] { return running_ < kMaxRuns; });
  --waiting_;
  ++running_;
  return true;
}

void WebAuth::end_run() {
  {
    const MutexLock lock(mutex_);
    --running_;
  }
  free_.notify_one();
}

}  // namespace picket
