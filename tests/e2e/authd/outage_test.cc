// What dies under load: PostgreSQL with refreshes in flight, PostgreSQL with commits whose answers are lost,
// and Redis. Honest clients lose nothing, nobody gains anything, and both replicas come back by themselves.
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "tests/e2e/authd/two_replicas.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kClients = 12;
constexpr int kRounds = 3;  // renewals of every client before the outage, and after it
constexpr milliseconds kPause{20};
constexpr const char* kTiers =
    "auth: {limit: 1000}, global: {limit: 10000, window: 1s}, api: {limit: 10000, window: 1s}, "
    "authenticated: {limit: 10000, window: 1s}, load: {limit: 10000, window: 1s}, tight: {limit: 6, window: "
    "1h}";

using Pair = std::array<const AuthDaemon*, 2>;

/// A program that renews its login again and again, on both replicas in turn. Without an answer it keeps the
/// token that it has and comes again, as every honest client does.
class Renewer {
 public:
  explicit Renewer(const json& tokens) : token_(tokens.at("refresh_token")), first_(token_) {}

  void run(const std::stop_token& stop, const Pair& replicas) {
    for (std::size_t turn = 0; !stop.stop_requested() && !refused_; ++turn) {
      if (renew(*replicas.at(turn % 2))) continue;
      wait_until(kPause, kPause, [&] { return stop.stop_requested(); });
    }
  }
  /// False when there was no answer.
  bool renew(const AuthDaemon& daemon) {
    const HttpAnswer answer = daemon.post("/api/v1/auth/refresh", {{"refresh_token", token_}});
    if (answer.status == 503) {
      ++unanswered_;
      return false;
    }
    if (answer.status == 200) {
      token_ = json::parse(answer.body).at("refresh_token");
      ++renewals_;
    } else {
      fault_ = "answered " + std::to_string(answer.status) + " " + answer.body + answer.error;
      refused_ = true;
    }
    return true;
  }

  int renewals() const { return renewals_; }
  int unanswered() const { return unanswered_; }
  bool is_refused() const { return refused_; }
  const std::string& fault() const { return fault_; }  ///< "" or the answer that should not have been
  const std::string& first() const { return first_; }
  const std::string& token() const { return token_; }

 private:
  std::string token_;
  const std::string first_;
  std::string fault_;
  std::atomic<int> renewals_ = 0;  ///< tokens that it was given, each once
  std::atomic<int> unanswered_ = 0;
  std::atomic<bool> refused_ = false;  ///< then fault() says how
};

class AuthOutageTest : public AuthReplicasTest {
 protected:
  AuthOutageTest() : AuthReplicasTest(kTiers) {}

  void log_in_crowd() {
    one_->create_user("alice", "user", kPassword);
    for (int i = 0; i < kClients; ++i)
      crowd_.push_back(std::make_unique<Renewer>(one_->login("alice", kPassword)));
  }
  /// Lets the crowd renew while `outage` happens; ends when everyone has been served again.
  void renew_during(const std::function<void()>& outage) {
    std::vector<std::jthread> threads;
    threads.reserve(crowd_.size());
    for (const auto& client : crowd_) {
      threads.emplace_back([this, &client](const std::stop_token& stop) {
        client->run(stop, {one_.get(), two_.get()});
      });
    }
    ASSERT_TRUE(all_of_crowd([](const Renewer& client) { return client.renewals() >= kRounds; }));
    outage();
    std::vector<int> before;
    before.reserve(crowd_.size());
    for (const auto& client : crowd_) before.push_back(client->renewals());
    std::size_t at = 0;
    for (const auto& client : crowd_) {
      const int enough = before[at++] + kRounds;
      EXPECT_TRUE(
          wait_until(seconds(60), [&] { return client->is_refused() || client->renewals() >= enough; }))
          << "client " << at;
    }
  }
  bool all_of_crowd(const std::function<bool(const Renewer&)>& is_so) const {
    return wait_until(seconds(60), [&] {
      return std::ranges::all_of(crowd_, [&](const auto& client) { return is_so(*client); });
    });
  }
  /// Everyone without an answer at least once, so that the outage has been felt.
  bool everyone_waits() const {
    return all_of_crowd([](const Renewer& client) { return client.unanswered() > 0; });
  }
  std::string ask(const std::string& sql) const {
    return postgres_.run(sql, dsn_.substr(dsn_.rfind('/') + 1));
  }
  double refreshes(const std::string& result) const {
    const std::string series = "authd_refresh_total{result=\"" + result + "\"}";
    return one_->metric(series) + two_->metric(series);
  }
  /// Every renewal was answered once, no family died, and the store has given no token that nobody has.
  void expect_nothing_lost() const {
    int renewals = 0;
    for (const auto& client : crowd_) {
      EXPECT_EQ(client->fault(), "");
      renewals += client->renewals();
    }
    EXPECT_EQ(ask("SELECT SUM(refresh_active) FROM sessions"), std::to_string(renewals));
    EXPECT_EQ(ask("SELECT COUNT(*) FROM sessions WHERE revoked_at > 0"), "0");
    EXPECT_EQ(refreshes("reuse") + refreshes("revoked") + refreshes("unknown") + refreshes("expired"), 0);
  }
  /// A token from before the outage is as spent as ever: it ends its family, and no other.
  void expect_old_tokens_spent() {
    const Renewer& robbed = *crowd_.front();
    EXPECT_EQ(two_->post("/api/v1/auth/refresh", {{"refresh_token", robbed.first()}}).status, 401);
    EXPECT_EQ(one_->post("/api/v1/auth/refresh", {{"refresh_token", robbed.token()}}).status, 401);
    EXPECT_TRUE(crowd_.back()->renew(*two_));
    EXPECT_EQ(crowd_.back()->fault(), "");
    EXPECT_EQ(refreshes("reuse"), 1);
  }
  void expect_both_serve() {
    for (AuthDaemon* daemon : {one_.get(), two_.get()}) {
      EXPECT_TRUE(daemon->wait_ready());
      const std::string access = daemon->login("alice", kPassword).at("access_token");
      EXPECT_TRUE(wait_until(seconds(10), kPause, [&] { return me(*daemon, access) == 200; }));
      EXPECT_EQ(daemon->metric("authd_store_up"), 1);
    }
  }
  int allowed(const std::vector<const AuthDaemon*>& daemons, const std::string& subject,
              const std::string& token) const {
    int allowed = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      const HttpAnswer answer =
          daemons.at(i % daemons.size())
              ->post("/api/v1/ratelimit/check", {{"tier", "tight"}, {"subject", subject}}, token);
      if (answer.status == 200) ++allowed;
    }
    return allowed;
  }
  bool redis_is(int up) const {
    return wait_until(seconds(30), kPause, [&] {
      return one_->metric("authd_ratelimit_redis_up") == up && two_->metric("authd_ratelimit_redis_up") == up;
    });
  }

  std::vector<std::unique_ptr<Renewer>> crowd_;
};

TEST_F(AuthOutageTest, PostgresKilledUnderRefreshesCostsNobodyHisLogin) {
  log_in_crowd();
  renew_during([&] {
    postgres_.kill9();
    EXPECT_TRUE(everyone_waits());
    postgres_.start();
  });
  expect_nothing_lost();
  expect_both_serve();
  expect_old_tokens_spent();
}

// The commit is on the disk and its answer on nobody's: PostgreSQL waits for a standby that is not there, and
// is killed meanwhile.
TEST_F(AuthOutageTest, RefreshesThatWereCommittedAndNeverAnsweredAreGivenAgain) {
  log_in_crowd();
  int held = 0;
  renew_during([&] {
    ask("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    ask("SELECT pg_reload_conf()");
    EXPECT_TRUE(wait_until(seconds(30), [&] {
      held =
          std::stoi(ask("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND "
                        "query LIKE 'UPDATE sessions%refresh_active%'"));
      return held >= 2;
    }));
    ask("ALTER SYSTEM RESET synchronous_standby_names");  // for the next start
    postgres_.kill9();
    EXPECT_TRUE(everyone_waits());
    postgres_.start();
  });
  EXPECT_GE(refreshes("grace_replay"), held);
  expect_nothing_lost();
  expect_both_serve();
  expect_old_tokens_spent();
}

TEST_F(AuthOutageTest, RedisKilledUnderLoadLeavesTheLimitsOfEachProcessAndComesBack) {
  one_->create_user("bob", "manager", kPassword);
  const std::string bob = one_->login("bob", kPassword).at("access_token");
  std::atomic<int> answered = 0;
  std::mutex mutex;
  std::string fault;
  const auto ask_always = [&](const std::stop_token& stop) {
    for (std::size_t turn = 0; !stop.stop_requested(); ++turn) {
      const AuthDaemon& daemon = turn % 2 == 0 ? *one_ : *two_;
      const HttpAnswer answer =
          daemon.post("/api/v1/ratelimit/check", {{"tier", "load"}, {"subject", "s"}}, bob);
      ++answered;
      const std::scoped_lock lock(mutex);
      if (answer.status != 200 && answer.status != 429) fault = std::to_string(answer.status) + answer.body;
    }
  };
  {
    std::vector<std::jthread> load;
    load.reserve(6);
    for (int i = 0; i < 6; ++i) load.emplace_back(ask_always);
    ASSERT_TRUE(wait_until(seconds(30), [&] { return answered > 50; }));
    redis_.kill9();
    EXPECT_TRUE(redis_is(0));
    EXPECT_EQ(allowed({one_.get()}, "y", bob), 6);
    EXPECT_EQ(allowed({two_.get()}, "y", bob), 6) << "each process counts alone";
    redis_.start();
    EXPECT_TRUE(redis_is(1));
    EXPECT_EQ(allowed({one_.get(), two_.get()}, "z", bob), 6) << "counted together again";
  }
  EXPECT_EQ(fault, "");
}

}  // namespace
}  // namespace picket::test
