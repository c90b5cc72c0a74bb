// Broken requests over all routes with every kind of caller: they end no process, and the only failures that
// they get are those that say what is missing (501, 503, 505). PICKET_MUTATIONS=100000 sends more of them,
// PICKET_SEED=N others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "base/text/numbers.h"
#include "tests/e2e/authd/callers.h"
#include "tests/e2e/authd/mutations.h"
#include "tests/http/raw_client.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::uint64_t kRound = 1000;  ///< requests between two logins of those who were logged out
constexpr int kSenders = 4;

/// The answers' own limits: one window is a second, every request has its own address.
const std::string kMutationConfig =
    "public_url: https://auth.example.org\n"
    "trusted_proxies: [127.0.0.1/32]\n"
    "forward_auth: {default: one_factor}\n"
    "ratelimit: {violations: {count: 0}, tiers: {global: {limit: 10000, window: 1s}, "
    "api: {limit: 10000, window: 1s}, auth: {limit: 10000, window: 1s}, authenticated: {limit: 10000, "
    "window: "
    "1s}, \"owner:admin\": {limit: 10000, window: 1s}}}\n";

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  const Result<std::int64_t> number = parse_int(text == nullptr ? "" : text);
  return number ? static_cast<std::uint64_t>(*number) : otherwise;
}

/// One connection that goes on from request to request for as long as the server keeps it.
class Sender {
 public:
  explicit Sender(std::uint16_t port) : port_(port) {}

  /// 0 when there was no answer.
  int send(const Mutation& mutation) {
    if (mutation.is_broken) return send_broken(mutation.bytes);
    if (!client_ || !client_->send(mutation.bytes)) {
      client_.emplace(port_);
      client_->send(mutation.bytes);
    }
    const RawResponse answer = client_->response(mutation.method == "HEAD");
    if (answer.status == 0 || answer.field("connection") == "close") client_.reset();
    return answer.status;
  }

 private:
  /// Its answer may be late because the server waits for more.
  int send_broken(const std::string& bytes) const {
    RawClient client(port_);
    client.send(bytes);
    const std::string line = client.receive(milliseconds(300));
    if (!line.starts_with("HTTP/1.1 ")) return 0;
    const Result<std::int64_t> status = parse_int(line.substr(9, 3));
    return status ? static_cast<int>(*status) : -1;
  }

  const std::uint16_t port_;
  std::optional<RawClient> client_;
};

class AuthMutationTest : public ::testing::Test {
 protected:
  AuthMutationTest() {
    for (const char* name : {"victor", "vera", "vlad"}) {
      callers_.daemon().create_user(name, "user", kPassword);
      const std::string token = callers_.daemon().login(name, kPassword).at("access_token");
      const json me = json::parse(callers_.daemon().get("/api/v1/auth/me", token).body);
      setting_.ids.push_back(me.at("id"));
      setting_.names.emplace_back(name);
    }
    setting_.ids.insert(setting_.ids.end(), {"x", "me"});
    setting_.passwords = {kPassword, kOther, "x"};
  }

  /// Logs in again whoever has been logged out or locked.
  void renew() {
    for (const char* name : {"adam", "dora", "uwe", "olga"})
      callers_.daemon().authctl({"user", "unlock", name});
    callers_.renew();
    setting_.callers.clear();
    for (const char* kind : {"anonymous", "half_login", "password_due", "session", "user", "cookie",
                             "api_key", "program_token", "identity_token"})
      setting_.callers.push_back(callers_.of(kind));
    for (const char* scope : {"metrics:read", "users:read", "sessions:*"})
      setting_.callers.push_back(callers_.of("api_key", scope));
  }

  void send_round(const Mutations& mutations, std::uint64_t begin, std::uint64_t end) {
    std::vector<std::jthread> threads;
    threads.reserve(kSenders);
    for (int i = 0; i < kSenders; ++i) {
      threads.emplace_back([&, i] {
        Sender sender(static_cast<std::uint16_t>(callers_.daemon().port()));
        for (std::uint64_t n = begin + static_cast<std::uint64_t>(i); n < end && !HasFailure(); n += kSenders)
          note(n, mutations.make(n, setting_), sender);
      });
    }
  }

  void note(std::uint64_t number, const Mutation& mutation, Sender& sender) {
    const int status = sender.send(mutation);
    const bool is_fine = status < 500 || status == 501 || status == 503 || status == 505;
    const std::lock_guard lock(mutex_);
    ++statuses_[status];
    if (!is_fine || (status == 0 && !mutation.is_broken))
      ADD_FAILURE() << "request " << number << ": " << status << "\n" << mutation.bytes.substr(0, 2000);
  }

  Callers callers_{kMutationConfig};
  Mutations::Setting setting_;
  std::mutex mutex_;
  std::map<int, std::uint64_t> statuses_;
};

TEST_F(AuthMutationTest, BrokenRequestsEndNothingAndFailForNoOtherReasonThanTheyShould) {
  const std::uint64_t seed = number_in("PICKET_SEED", 20261112);
  const std::uint64_t count = number_in("PICKET_MUTATIONS", 3000);
  const Mutations mutations(json::parse(callers_.daemon().get("/api/v1/openapi.json").body), seed);
  for (std::uint64_t begin = 0; begin < count && !HasFailure(); begin += kRound) {
    renew();
    send_round(mutations, begin, std::min(count, begin + kRound));
    ASSERT_EQ(http_get(callers_.daemon().url("/-/healthy")).status, 200) << callers_.daemon().log();
  }
  std::cerr << count << " requests of seed " << seed << ":";
  for (const auto& [status, times] : statuses_) std::cerr << " " << status << "=" << times;
  std::cerr << "\n";
  EXPECT_GT(statuses_[200], count / 100) << "they get somewhere";
  EXPECT_EQ(callers_.daemon().authctl({"audit", "verify"}).exit_code, 0);
}

}  // namespace
}  // namespace picket::test
