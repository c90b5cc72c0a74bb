#include "base/net/resolver.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "tests/net/dns_peer.h"
#include "tests/net/ip.h"

namespace picket {
namespace {

using namespace std::chrono_literals;
using Addresses = std::vector<IpAddress>;
using test::DnsAnswer;
using test::DnsPeer;

class ResolverTest : public testing::Test {
 protected:
  ResolverOptions options() const {
    ResolverOptions options;
    options.servers = {dns_.endpoint()};
    options.try_timeout = 200ms;
    return options;
  }

  Result<Addresses> resolve(Resolver& resolver, const std::string& host,
                            IpPreference preference = IpPreference::Any, Duration within = 5s) {
    std::promise<Result<Addresses>> promise;
    resolver.resolve(host, preference, Deadline::after(clock_, within), [&](Result<Addresses> result) {
      EXPECT_TRUE(loop_.in_loop());
      promise.set_value(std::move(result));
    });
    return promise.get_future().get();
  }

  SystemClock clock_;
  EventLoop loop_;
  DnsPeer dns_;
};

TEST_F(ResolverTest, AnswersLiteralsWithoutAServer) {
  Resolver resolver(loop_, options());
  EXPECT_EQ(resolve(resolver, "192.0.2.7").value(), Addresses{ip("192.0.2.7")});
  EXPECT_EQ(resolve(resolver, "2001:db8::7", IpPreference::V6Only).value(), Addresses{ip("2001:db8::7")});
  EXPECT_EQ(resolve(resolver, "192.0.2.7", IpPreference::V6Only).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(dns_.queries("192.0.2.7"), 0);
}

TEST_F(ResolverTest, HonoursTheHostsFile) {
  Resolver resolver(loop_, options());
  EXPECT_EQ(resolve(resolver, "localhost", IpPreference::V4Only).value(), Addresses{ip("127.0.0.1")});
  EXPECT_EQ(dns_.queries("localhost"), 0);
}

TEST_F(ResolverTest, OrdersAndFiltersByPreference) {
  dns_.answer("both.example", {{ip("::1"), ip("127.0.0.1"), ip("127.0.0.2")}});
  Resolver resolver(loop_, options());
  const auto family = [&](IpPreference preference) {
    return resolve(resolver, "both.example", preference).value().front().family();
  };
  EXPECT_EQ(family(IpPreference::V4First), IpAddress::Family::V4);
  EXPECT_EQ(family(IpPreference::V6First), IpAddress::Family::V6);
  EXPECT_EQ(resolve(resolver, "both.example").value().size(), 3U);
  EXPECT_EQ(resolve(resolver, "both.example", IpPreference::V4Only).value().size(), 2U);
  EXPECT_EQ(resolve(resolver, "both.example", IpPreference::V6Only).value(), Addresses{ip("::1")});
}

TEST_F(ResolverTest, TellsItsFailuresApart) {
  dns_.answer("broken.example", {{}, 2, false});
  dns_.answer("silent.example", {{}, 0, true});
  dns_.answer("empty.example", {});
  Resolver resolver(loop_, options());
  struct Row {
    std::string host;
    Duration within;
    ErrorKind kind;
  };
  const Row rows[] = {
      {"missing.example", 5s, ErrorKind::NotFound},  {"broken.example", 5s, ErrorKind::Unavailable},
      {"silent.example", 100ms, ErrorKind::Timeout}, {"silent.example", 5s, ErrorKind::Timeout},
      {"empty.example", 5s, ErrorKind::NotFound},    {"", 5s, ErrorKind::InvalidInput},
      {"white space", 5s, ErrorKind::InvalidInput},  {std::string(300, 'a'), 5s, ErrorKind::InvalidInput},
      {"missing.example", -1s, ErrorKind::Timeout},
  };
  for (const Row& row : rows) {
    const Result<Addresses> result = resolve(resolver, row.host, IpPreference::Any, row.within);
    ASSERT_FALSE(result.has_value()) << row.host;
    EXPECT_EQ(result.error().kind, row.kind) << row.host << ": " << result.error().message;
  }
}

TEST_F(ResolverTest, AnswersADeadNameAtTheDeadline) {
  dns_.answer("silent.example", {{}, 0, true});
  ResolverOptions patient = options();
  patient.try_timeout = 30s;
  Resolver resolver(loop_, patient);
  const MonoTime before = clock_.mono();
  EXPECT_EQ(resolve(resolver, "silent.example", IpPreference::Any, 300ms).error().kind, ErrorKind::Timeout);
  EXPECT_GE(clock_.mono() - before, 300ms);
  EXPECT_LT(clock_.mono() - before, 3s);
}

TEST_F(ResolverTest, SharesOneQueryBetweenEqualLookups) {
  dns_.answer("slow.example", {{}, 0, true});
  ResolverOptions patient = options();
  patient.try_timeout = 10s;
  Resolver resolver(loop_, patient);
  std::vector<std::promise<ErrorKind>> promises(200);
  for (auto& promise : promises) {
    resolver.resolve("slow.example", IpPreference::V4Only, Deadline::after(clock_, 200ms),
                     [&](const Result<Addresses>& result) { promise.set_value(result.error().kind); });
  }
  for (auto& promise : promises) EXPECT_EQ(promise.get_future().get(), ErrorKind::Timeout);
  EXPECT_EQ(dns_.queries("slow.example"), 1);
}

TEST_F(ResolverTest, BoundsWhatItAsksAtOnce) {
  for (int i = 0; i < 40; ++i) dns_.answer("dead" + std::to_string(i) + ".example", {{}, 0, true});
  dns_.answer("alive.example", {{ip("127.0.0.1")}});
  ResolverOptions narrow = options();
  narrow.max_lookups = 4;
  narrow.max_waiting = 30;
  narrow.try_timeout = 100ms;
  narrow.tries = 1;
  Resolver resolver(loop_, narrow);
  std::vector<std::promise<ErrorKind>> promises(40);
  for (std::size_t i = 0; i < promises.size(); ++i) {
    resolver.resolve("dead" + std::to_string(i) + ".example", IpPreference::V4Only,
                     Deadline::after(clock_, 5s),
                     [&, i](const Result<Addresses>& result) { promises[i].set_value(result.error().kind); });
  }
  int refused = 0;
  for (auto& promise : promises) refused += promise.get_future().get() == ErrorKind::Unavailable ? 1 : 0;
  EXPECT_EQ(refused, 10);  // more than max_waiting
  EXPECT_EQ(resolve(resolver, "alive.example").value(), Addresses{ip("127.0.0.1")});
}

TEST_F(ResolverTest, HundredsOfDeadNamesDoNotDelayALiveOne) {
  dns_.answer("alive.example", {{ip("127.0.0.1")}});
  for (int i = 0; i < 500; ++i) dns_.answer("dead" + std::to_string(i) + ".example", {{}, 0, true});
  ResolverOptions patient = options();
  patient.try_timeout = 1s;
  patient.tries = 3;
  Resolver resolver(loop_, patient);
  std::atomic<int> left = 500;
  for (int i = 0; i < 500; ++i) {
    resolver.resolve("dead" + std::to_string(i) + ".example", IpPreference::V4Only,
                     Deadline::after(clock_, 10s), [&](const Result<Addresses>&) { --left; });
  }
  EXPECT_TRUE(resolve(resolver, "alive.example", IpPreference::Any, 6s).has_value());
  EXPECT_GT(left.load(), 0);
}

TEST_F(ResolverTest, AnswersUnavailableWhenItIsDestroyed) {
  dns_.answer("silent.example", {{}, 0, true});
  auto resolver = std::make_unique<Resolver>(loop_, options());
  std::promise<ErrorKind> promise;
  resolver->resolve("silent.example", IpPreference::Any, Deadline::after(clock_, 10s),
                    [&](const Result<Addresses>& result) { promise.set_value(result.error().kind); });
  resolver.reset();
  std::future<ErrorKind> kind = promise.get_future();
  ASSERT_EQ(kind.wait_for(0s), std::future_status::ready);
  EXPECT_EQ(kind.get(), ErrorKind::Unavailable);
}

TEST_F(ResolverTest, MayBeDestroyedInACallback) {
  dns_.answer("alive.example", {{ip("127.0.0.1")}});
  auto resolver = std::make_unique<Resolver>(loop_, options());
  std::promise<void> gone;
  std::atomic<int> answers = 0;
  const auto answered = [&](const Result<Addresses>&) {
    if (++answers == 2) gone.set_value();
    if (answers == 1) resolver.reset();
  };
  for (int i = 0; i < 2; ++i) {
    resolver->resolve("alive.example", IpPreference::Any, Deadline::after(clock_, 10s), answered);
  }
  EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
}

TEST_F(ResolverTest, RefusesServersThatAreNoAddresses) {
  ResolverOptions wrong;
  wrong.servers = {{"dns.example", 53}};
  Resolver resolver(loop_, wrong);
  EXPECT_EQ(resolve(resolver, "host.example").error().kind, ErrorKind::Unavailable);
}

}  // namespace
}  // namespace picket
