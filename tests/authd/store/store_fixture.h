// Runs a test of authd's stores on SQLite and PostgreSQL, with everything in reach: the stores, a clock that
// stands still, and the tables themselves to be tampered with.
#pragma once

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "authd/store/stores.h"
#include "tests/sql/engine_fixture.h"
#include "tests/support/manual_scheduler.h"

namespace picket::authd {

inline constexpr int kRacers = 64;

inline StoreKeys store_keys(const std::set<std::string>& ids, const std::string& active) {
  std::map<std::string, Secret> keys;
  for (const std::string& id : ids) keys.emplace(id, Secret(std::string(32 - id.size(), 'k') + id));
  return {Keyring::make(std::move(keys), active).value(), Secret("audit key")};
}

/// A database that 64 threads may wait for.
inline std::unique_ptr<sql::Database> open_patient(const std::string& dsn_text) {
  auto dsn = sql::Dsn::parse(dsn_text).value();
  dsn.connections = 8;
  dsn.busy_timeout = std::chrono::seconds(60);
  auto opened = sql::Database::open(dsn);
  EXPECT_TRUE(opened) << opened.error().message;
  return std::move(*opened);
}

/// Runs `attempt` in 64 threads at once, each with its number.
inline void race(const std::function<void(int)>& attempt) {
  std::latch together(kRacers);
  std::vector<std::jthread> threads;
  threads.reserve(kRacers);
  for (int number = 0; number < kRacers; ++number) {
    threads.emplace_back([&, number] {
      together.arrive_and_wait();
      attempt(number);
    });
  }
}

/// How many of 64 won; an error is a failure of the test.
inline int winners(const std::function<Result<bool>()>& attempt) {
  std::atomic<int> won = 0;
  std::atomic<int> errors = 0;
  race([&](int) {
    const auto outcome = attempt();
    if (!outcome) ++errors;
    if (outcome && *outcome) ++won;
  });
  EXPECT_EQ(errors, 0);
  return won;
}

class OnStores : public test::OnEachEngine {
 protected:
  OnStores() : patient_(open_patient(dsn_text_)) {
    EXPECT_TRUE(Stores::migrate(*patient_));
    stores_ = stores_with({"k1"}, "k1");
  }

  std::unique_ptr<Stores> stores_with(const std::set<std::string>& keys, const std::string& active) {
    return std::make_unique<Stores>(*patient_, store_keys(keys, active), random_, clock_);
  }
  WallTime now() const { return clock_.wall(); }
  WallTime later(Duration duration) const { return now() + duration; }

  User user(const std::string& name, Role role = Role::User) const {
    User made;
    made.id = "id-" + name;
    made.username = name;
    made.username_key = name;
    made.email = name + "@example.org";
    made.email_key = made.email;
    made.role = role;
    made.phone = "+1415555" + name;
    made.password_hash = "$argon2id$" + name;
    made.created_at = now();
    return made;
  }
  User created(const std::string& name, Role role = Role::User) {
    const auto made = stores_->accounts().create(user(name, role));
    EXPECT_TRUE(made) << made.error().message;
    return stores_->accounts().find("id-" + name).value().value();
  }
  Session session(const std::string& id, const std::string& user_id) const {
    Session made;
    made.id = id;
    made.user_id = user_id;
    made.created_at = made.last_seen_at = now();
    made.idle_expires_at = later(std::chrono::minutes(30));
    made.absolute_expires_at = later(std::chrono::hours(12));
    made.amr = {"pwd", "otp"};
    made.family_id = "family-" + id;
    made.family_key = Secret("key of " + id);
    made.refresh.rotated_at = now();
    made.refresh.rotated_by = "client";
    return made;
  }

  std::unique_ptr<sql::Database> patient_;
  test::ManualClock clock_;
  SystemRandom random_;
  std::unique_ptr<Stores> stores_;
};

inline const auto kEngines = testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres);

}  // namespace picket::authd
