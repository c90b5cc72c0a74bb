#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>

#include "exporters/security/signals/activity_table.h"
#include "exporters/security/signals/rolling_distinct.h"
#include "exporters/security/signals/space_saving.h"
#include "exporters/security/signals/stable_hash.h"
#include "exporters/security/signals/top_clients.h"
#include "tests/security/signals/signal_lines.h"

namespace picket::security {
namespace {

std::uint64_t hash_of_number(std::size_t number) {
  return stable_hash(fmt::format("user-{}", number));
}

ClientKey client_of(std::size_t number) {
  return client_key(IpAddress::parse(address(number)).value(), false);
}

/// A hash that is kept must not change: SipHash-1-3 of the key in stable_hash.cc.
TEST(StableHash, IsTheSameForEver) {
  EXPECT_EQ(stable_hash("192.0.2.1"), 14250685481702389829U);  // of another implementation
  EXPECT_NE(stable_hash("a"), stable_hash(std::string_view("a\0", 2)));
}

TEST(HyperLogLog, IsWithinThreePercentOfTheTruth) {
  HyperLogLog sketch;
  std::size_t next = 100;
  for (std::size_t i = 1; i <= 1'000'000; ++i) {
    const std::uint64_t hash = hash_of_number(i);
    sketch.add(hash);
    sketch.add(hash_of_number(1 + i / 2));  // again
    if (i != next) continue;
    EXPECT_NEAR(sketch.estimate(), static_cast<double>(i), 0.03 * static_cast<double>(i)) << i;
    next += i < 1000 ? 100 : i < 100'000 ? 5000 : 100'000;
  }
}

TEST(HyperLogLog, OfAUnionIsThatOfBoth) {
  HyperLogLog first;
  HyperLogLog second;
  HyperLogLog both;
  for (std::size_t i = 0; i < 5000; ++i) {
    (i < 3000 ? first : second).add(hash_of_number(i));
    if (i > 2000) second.add(hash_of_number(i));
    both.add(hash_of_number(i));
  }
  first.merge(second);
  EXPECT_EQ(first, both);
  first.merge(HyperLogLog());
  EXPECT_EQ(first, both);
}

TEST(HyperLogLog, ReadsWhatItWrites) {
  HyperLogLog sketch;
  for (const std::size_t size : {0U, 1U, 50U, 5000U, 100'000U}) {
    for (std::size_t i = 0; i < size; ++i) sketch.add(hash_of_number(i));
    const std::string text = sketch.encode();
    EXPECT_LE(text.size(), size * 4 + 4);
    EXPECT_LT(text.size(), 22'000U);
    EXPECT_EQ(HyperLogLog::decode(text).value(), sketch) << size;
  }
}

TEST(HyperLogLog, RefusesWhatItDoesNotWrite) {
  for (const std::string& bytes :
       {std::string("\0\0", 2), std::string("\0\1\0", 3), std::string("\xFF\xFF\1"),
        std::string("\0\1\1\0\1\1", 6), std::string("\0\2\1\0\1\1", 6), std::string("\0\1\x7F", 3),
        std::string(HyperLogLog::kRegisters, '\x40'), std::string(HyperLogLog::kRegisters * 2, '\1')})
    EXPECT_FALSE(HyperLogLog::decode(base64_encode(bytes)).has_value()) << bytes.size();
  EXPECT_FALSE(HyperLogLog::decode("not base64!").has_value());
}

TEST(DistinctBits, CountNearlyExactlyWhileFew) {
  DistinctBits<512> bits;
  for (std::size_t i = 1; i <= 1000; ++i) {
    bits.add(hash_of_number(i));
    bits.add(hash_of_number(i));
    const double near = i < 20 ? 1 : 0.15 * static_cast<double>(i);
    EXPECT_NEAR(bits.estimate(), static_cast<double>(i), near);
  }
  DistinctBits<512> again;
  ASSERT_TRUE(again.decode(bits.encode()));
  EXPECT_EQ(again, bits);
  EXPECT_FALSE(again.decode("AAAA"));
}

TEST(SpaceSaving, FindsTheLargestAndSaysHowSureItIs) {
  SpaceSaving sums;
  std::map<ClientKey, std::uint64_t> exact;
  for (std::size_t i = 0; i < 50'000; ++i) {
    const std::size_t number = i % 3 == 0 ? i / 3 % 10 : 100 + i;  // ten have a third, the others come once
    sums.add(client_of(number), 2);
    exact[client_of(number)] += 2;
  }
  EXPECT_EQ(sums.sums().size(), SpaceSaving::kCapacity);
  for (const SpaceSaving::Sum& sum : sums.sums()) {
    EXPECT_GE(sum.count, exact[sum.client]);
    EXPECT_LE(sum.count - sum.error, exact[sum.client]);
  }
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NE(sums.find(client_of(i)), nullptr);
}

/// What it is defined as, in the plainest way.
class PlainSpaceSaving {
 public:
  void add(const ClientKey& client, std::uint64_t weight) {
    auto found = sums_.find(client);
    if (found == sums_.end()) {
      std::uint64_t smallest = 0;
      if (sums_.size() >= SpaceSaving::kCapacity) {
        const auto least = std::ranges::min_element(
            sums_, {}, [](const auto& sum) { return std::pair(sum.second.count, sum.first); });
        smallest = least->second.count;
        sums_.erase(least);
      }
      found = sums_.emplace(client, SpaceSaving::Sum{client, smallest, smallest}).first;
    }
    found->second.count += weight;
  }
  const std::map<ClientKey, SpaceSaving::Sum>& sums() const { return sums_; }

 private:
  std::map<ClientKey, SpaceSaving::Sum> sums_;
};

TEST(SpaceSaving, AlwaysTheSmallestMakesRoom) {
  SpaceSaving sums, restored;
  PlainSpaceSaving plain;
  std::minstd_rand random(3);
  for (int i = 0; i < 6000; ++i) {
    const ClientKey client = client_of(random() % 400);
    const std::uint64_t weight = 1 + random() % 20;
    sums.add(client, weight);
    plain.add(client, weight);
    if (i % 1000 == 999) {
      ASSERT_TRUE(restored.restore(sums.to_json()));
      sums = restored;
    }
  }
  ASSERT_EQ(sums.sums().size(), plain.sums().size());
  for (const auto& [client, sum] : plain.sums()) {
    const SpaceSaving::Sum* found = sums.find(client);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->count, sum.count);
    EXPECT_EQ(found->error, sum.error);
  }
}

struct Ranked {
  std::int64_t value = 0;

  std::int64_t rank() const { return value; }
  bool is_over(Seconds now) const { return value < now; }
  nlohmann::json to_json() const { return value; }
  bool restore(const nlohmann::json& json) { return read_field(json, value); }
};

TEST(ActivityTable, AlwaysTheLowestMakesRoom) {
  constexpr std::size_t kMax = 50;
  constexpr Seconds kOver = 300;
  ActivityTable<Ranked> table(kMax);
  std::map<std::uint64_t, std::int64_t> plain;
  std::uint64_t evicted = 0, expected = 0;
  std::minstd_rand random(5);
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t key = random() % 80;
    const auto value = static_cast<std::int64_t>(random() % 1000);  // up and down
    if (!plain.contains(key) && plain.size() == kMax) {
      const auto least = std::ranges::min_element(
          plain, {}, [](const auto& item) { return std::pair(item.second, item.first); });
      if (least->second >= kOver) ++expected;
      plain.erase(least);
    }
    plain[key] = value;
    table.at(key, {.value = value}, kOver, evicted).value = value;
    table.touched(key);
    if (i % 1000 == 999) {
      ASSERT_TRUE(table.restore(table.to_json(), kMax));
    }
  }
  nlohmann::json entries = nlohmann::json::array();
  for (const auto& [key, value] : plain) entries.push_back({key, value});
  EXPECT_EQ(table.to_json(), entries);
  EXPECT_EQ(evicted, expected);
}

TEST(TopClients, AreOfThisHourAndTheOneBefore) {
  TopClients top;
  const Seconds start = kHour * 1000;
  top.add(TopKind::Bytes, client_of(1), 500, start);
  top.add(TopKind::Bytes, client_of(2), 300, start);
  top.add(TopKind::Bytes, client_of(2), 300, start + kHour);
  const auto hitters = top.top(TopKind::Bytes, start + kHour);
  ASSERT_EQ(hitters.size(), 2U);
  EXPECT_EQ(hitters[0].client.text(), network_of(client_of(2)).text());
  EXPECT_EQ(hitters[0].count, 600U);
  EXPECT_EQ(hitters[0].error, 0U);
  EXPECT_EQ(top.top(TopKind::Bytes, start + 2 * kHour).size(), 1U);
  EXPECT_TRUE(top.top(TopKind::Bytes, start + 3 * kHour).empty());
  EXPECT_TRUE(top.top(TopKind::Attacks, start).empty());
}

TEST(Merging, KnowsThatAFullListMayLackAClient) {
  Reading full;
  for (std::size_t i = 0; i < 200; ++i) {
    for (int times = 0; times < (i < 150 ? 5 : 3); ++times) full.take(request(address(i), 0, "/"));
  }
  Reading other({}, "ssh");
  other.take(request(address(199), 0, "/"));  // three times in the first, which does not list it
  const std::vector<SignalsSnapshot> both{full.snapshot(0), other.snapshot(0)};
  const SignalsSnapshot all = merge(both);
  const HeavyHitter& first = all.top.at(static_cast<std::size_t>(TopKind::Requests)).at(0);
  EXPECT_EQ(first.client.text(), network_of(client_of(199)).text());
  EXPECT_EQ(first.count, 6U);
  EXPECT_EQ(first.error, 5U);
}

TEST(Merging, AddsCountsAndUnitesWhatIsDistinct) {
  Reading first;
  Reading second({}, "ssh");
  for (std::size_t i = 0; i < 30; ++i) first.take(request(address(i), 0, "/?a=union%20select"));
  for (std::size_t i = 20; i < 40; ++i) second.take(request(address(i), 0, "/?a=union%20select"));
  const std::vector<SignalsSnapshot> both{first.snapshot(0), second.snapshot(0)};
  const SignalsSnapshot all = merge(both);
  EXPECT_EQ(all.counters.attacks.at(0), 50U);
  EXPECT_EQ(all.counters.rules.at("union"), 50U);
  EXPECT_EQ(all.counters.requests.at(0).at(1), 50U);
  EXPECT_EQ(std::lround(all.distinct.attack_clients[0].estimate()), 40);
  EXPECT_EQ(all.top.at(static_cast<std::size_t>(TopKind::Requests)).at(0).count, 2U);
}

}  // namespace
}  // namespace picket::security
