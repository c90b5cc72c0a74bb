// Row 53 of the attack table, without a database: what was changed or is missing is named.
#include "authd/audit/chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

std::vector<AuditRow> chain_of(int rows) {
  std::vector<AuditRow> chain;
  std::string hash(chain_start());
  for (int seq = 1; seq <= rows; ++seq) {
    const AuditEvent event{
        .timestamp = test::ManualClock::kStart, .action = "test", .resource = std::to_string(seq)};
    hash = chain_hash(hash, seq, event);
    chain.push_back({seq, event, hash});
  }
  return chain;
}

std::optional<AuditBreak> first_break(const std::vector<AuditRow>& rows, const AuditMark& after = {}) {
  ChainVerifier verifier(after);
  for (const AuditRow& row : rows) {
    if (auto broken = verifier.take(row)) return broken;
  }
  return std::nullopt;
}

TEST(Chain, HoldsAsItWasWritten) {
  EXPECT_FALSE(first_break(chain_of(10)));
}

TEST(Chain, GoesOnFromAnAnchor) {
  std::vector<AuditRow> rows = chain_of(10);
  const AuditMark anchor{4, rows[3].hash, ""};
  rows.erase(rows.begin(), rows.begin() + 4);
  EXPECT_FALSE(first_break(rows, anchor));
  EXPECT_EQ(first_break(rows)->seq, 1);
}

TEST(Chain, NamesTheFirstBrokenRow) {
  struct Row {
    std::string_view name;
    std::function<void(std::vector<AuditRow>&)> damage;
    std::int64_t seq;
  };
  const std::vector<Row> rows{
      {"a field", [](auto& r) { r[4].event.result = "success"; }, 5},
      {"the time", [](auto& r) { r[4].event.timestamp += std::chrono::milliseconds(1); }, 5},
      {"the details", [](auto& r) { r[4].event.details = R"({"a":1})"; }, 5},
      {"the hash", [](auto& r) { r[4].hash[0] = r[4].hash[0] == '0' ? '1' : '0'; }, 5},
      {"a row and its hash",
       [](auto& r) {
         r[4].event.result = "success";
         r[4].hash = chain_hash(r[3].hash, 5, r[4].event);
       },
       6},
      {"a deleted row", [](auto& r) { r.erase(r.begin() + 4); }, 5},
      {"the first row deleted", [](auto& r) { r.erase(r.begin()); }, 1},
      {"two rows swapped", [](auto& r) { std::swap(r[4], r[5]); }, 5},
      {"two events swapped", [](auto& r) { std::swap(r[4].event, r[5].event); }, 5},
      {"a row twice", [](auto& r) { r.insert(r.begin() + 4, r[4]); }, 6},
      {"a number that is skipped",
       [](auto& r) {
         for (std::size_t i = 4; i < r.size(); ++i) ++r[i].seq;
       },
       5},
  };
  for (const Row& row : rows) {
    std::vector<AuditRow> damaged = chain_of(10);
    row.damage(damaged);
    const auto broken = first_break(damaged);
    ASSERT_TRUE(broken) << row.name;
    EXPECT_EQ(broken->seq, row.seq) << row.name;
  }
}

TEST(Mark, IsGenuineOnlyAsItWasSigned) {
  const Secret key("key");
  const AuditMark mark = sign_mark(MarkKind::Head, 7, "abcd", key);
  EXPECT_TRUE(is_genuine(MarkKind::Head, mark, key));
  EXPECT_FALSE(is_genuine(MarkKind::Anchor, mark, key));
  EXPECT_FALSE(is_genuine(MarkKind::Head, mark, Secret("other")));
  EXPECT_FALSE(is_genuine(MarkKind::Head, {8, "abcd", mark.mac}, key));
  EXPECT_FALSE(is_genuine(MarkKind::Head, {7, "abce", mark.mac}, key));
  EXPECT_FALSE(is_genuine(MarkKind::Head, {7, "abcd", ""}, key));
}

}  // namespace
}  // namespace picket::authd
