// Logins while the cores that hash are all taken: who is told to come again, who still gets a place, and that
// a lock shows neither in the answer nor in the time.
#include <latch>

#include "authd/address/address_prefix.h"
#include "tests/authd/login/login_fixture.h"
#include "tests/support/wait.h"

namespace picket::authd {
namespace {

/// One thread that is kept busy until it is released, and a queue of ten, seven of them for strangers.
class FullPool : public OnLogin {
 public:
  ~FullPool() override { release(); }
  FullPool(const FullPool&) = delete;
  FullPool& operator=(const FullPool&) = delete;

 protected:
  FullPool() { suite_ = make_suite({.pool = &small_, .pool_config = kSmall}); }

  void fill(int waiting, const std::string& network = "") {
    EXPECT_FALSE(small_.submit({}, [this](const auto&) {
      started_.count_down();
      release_.wait();
    }));
    started_.wait();
    for (int i = 0; i < waiting; ++i) {
      const std::string key = network.empty() ? std::to_string(i) : network;
      EXPECT_FALSE(small_.submit({.share_key = key}, [](const auto&) {}));
    }
  }
  void release() {
    if (!released_.exchange(true)) release_.count_down();
  }
  void stop(const std::string& name) {
    for (int i = 0; i < 100; ++i)
      ASSERT_TRUE(stores_->failures().add(account_bucket("id-" + name), now(), WallTime{}));
  }
  void lock_device(const std::string& name, const std::string& device) {
    const std::string bucket = device_bucket("id-" + name, device);
    ASSERT_TRUE(stores_->failures().add(bucket, now(), WallTime{}));
    ASSERT_TRUE(stores_->failures().lock(bucket, 0, later(15min)).value());
  }
  std::string device_of(const std::string& name) {
    const Secret token = suite_->devices().remember("id-" + name, from().client, 720h).value();
    return suite_->devices().id_of(token.reveal()).value();
  }

  static constexpr Duration kHash = 150ms;
  static constexpr KdfPoolConfig kSmall{.threads = 1,
                                        .max_wait = 10 * kHash,
                                        .share_per_key = 0.5,
                                        .reserved_for_known = 0.25,
                                        .first_estimate = kHash};
  std::atomic<bool> released_ = false;
  std::latch started_{1}, release_{1};
  KdfPool small_{kSmall, clock_, registry_};
};

TEST_P(FullPool, ALockedOneWaitsAsLongAsAHashTakes) {
  person("alice");
  stop("alice");
  const SystemClock clock;
  const MonoTime begun = clock.mono();
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  EXPECT_GE(clock.mono() - begun, kHash);
  // Not for somebody who has gone.
  LoginContext gone = from();
  const std::stop_source hung_up;
  hung_up.request_stop();
  gone.gone = hung_up.get_token();
  EXPECT_EQ(kind_of(begin("alice", kPassword, gone)), "denied");
  EXPECT_LE(hashes(), 0);
}

TEST_P(FullPool, LockedAndOpenAccountsHearTheSameWhenItIsFull) {
  person("alice");
  person("locked");
  stop("locked");
  fill(7);
  for (const char* name : {"alice", "locked", "nobody"}) {
    const auto outcome = begin(name);
    EXPECT_EQ(kind_of(outcome), "busy") << name;
    EXPECT_EQ(std::get<LoginRefused>(outcome).retry_after, 2s) << name;
  }
}

// A network that has its share of the queue is told to wait, others are not.
TEST_P(FullPool, LockedAndOpenAccountsHearTheSameFromANetworkThatHasItsShare) {
  person("alice");
  person("locked");
  stop("locked");
  fill(5, client_network(from().client.address).text());
  for (const char* name : {"alice", "locked", "nobody"}) {
    const auto outcome = begin(name);
    EXPECT_EQ(kind_of(outcome), "busy") << name;
    EXPECT_EQ(std::get<LoginRefused>(outcome).retry_after, 1s) << name;
  }
  EXPECT_EQ(kind_of(begin("locked", kPassword, from("203.0.113.5"))), "denied");
}

TEST_P(FullPool, APlaceShortOfFullALockedOneIsDenied) {
  person("locked");
  stop("locked");
  fill(6);
  EXPECT_EQ(kind_of(begin("locked")), "denied");
}

// The reserve is for devices that are known, locked or not.
TEST_P(FullPool, AKnownDeviceHasItsPlaceWhenStrangersHaveNone) {
  person("alice");
  const std::string device = device_of("alice");
  person("bob");
  const std::string locked = device_of("bob");
  lock_device("bob", locked);
  fill(7);
  EXPECT_EQ(kind_of(begin("bob", kPassword, from("192.0.2.1", locked))), "denied");
  std::string outcome;
  {
    const std::jthread login(
        [&] { outcome = kind_of(begin("alice", kPassword, from("192.0.2.1", device))); });
    EXPECT_TRUE(test::wait_until(10s, [&] { return small_.waiting() == 8; }));
    release();
  }
  EXPECT_EQ(outcome, "in");
}

TEST_P(FullPool, WhoHungUpIsNoFailureAndIsNotTold) {
  person("alice");
  LoginContext gone = from();
  const std::stop_source hung_up;
  hung_up.request_stop();
  gone.gone = hung_up.get_token();
  for (int i = 0; i < 9; ++i) EXPECT_EQ(kind_of(begin("alice", kOtherPassword, gone)), "unavailable");
  EXPECT_EQ(attempts("password", "unavailable"), 9);
  EXPECT_TRUE(is_in(begin("alice")));
}

INSTANTIATE_TEST_SUITE_P(Engines, FullPool, kEmbedded, test::engine_name);

}  // namespace
}  // namespace picket::authd
