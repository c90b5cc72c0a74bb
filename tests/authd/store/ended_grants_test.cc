// The feed of ended grants: whichever store ends one, in the transaction that ends it.
#include "base/time/timestamp.h"
#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class EndedFeed : public OnStores {
 protected:
  /// "user/epoch" or the id of the grant, in the order of the feed.
  std::vector<std::string> ended(std::int64_t after = 0) {
    std::vector<std::string> texts;
    const EndedBatch batch = stores_->accounts().ended_grants(after).value();
    texts.reserve(batch.ended.size());
    for (const EndedGrant& grant : batch.ended) {
      texts.push_back(grant.grant_id.empty() ? fmt::format("{}/{}", grant.user_id, grant.epoch)
                                             : grant.grant_id);
    }
    return texts;
  }
  std::int64_t next_after(std::int64_t after) { return stores_->accounts().ended_grants(after)->next_after; }
  void insert(std::int64_t seq) {
    run("INSERT INTO ended_grants (seq, user_id, epoch, grant_id, ended_at) VALUES ($1, 'u', $2, '', $3)",
        {seq, seq, unix_millis(now())});
  }
  void add_key(const std::string& id, const std::string& user_id) {
    ASSERT_TRUE(stores_->api_keys().add({.id = id, .user_id = user_id, .public_id = "public " + id}));
  }
};

TEST_P(EndedFeed, NamesEachSessionThatIsRevoked) {
  for (const std::string id : {"s1", "s2", "s3"}) ASSERT_TRUE(stores_->sessions().create(session(id, "u")));
  ASSERT_TRUE(stores_->sessions().create(session("s4", "v")));
  ASSERT_TRUE(stores_->sessions().revoke("s1", {"logout", now()}).value());
  EXPECT_FALSE(stores_->sessions().revoke("s1", {"logout", now()}).value());
  EXPECT_FALSE(stores_->sessions().revoke("s9", {"logout", now()}).value());
  EXPECT_EQ(ended(), std::vector<std::string>{"s1"}) << "once, and not what was not there";
  EXPECT_EQ(stores_->sessions().revoke_all("u", {"password", now()}, "s2").value(), 1);
  EXPECT_EQ(ended(), (std::vector<std::string>{"s1", "s3"}));
  EXPECT_EQ(ended(next_after(0)), std::vector<std::string>{});
}

TEST_P(EndedFeed, NamesEachApiKeyThatIsRevoked) {
  add_key("k1", "u");
  add_key("k2", "u");
  add_key("k3", "v");
  EXPECT_FALSE(stores_->api_keys().revoke("v", "k1", now()).value()) << "another user's";
  EXPECT_TRUE(ended().empty());
  EXPECT_TRUE(stores_->api_keys().revoke("u", "k1", now()).value());
  EXPECT_TRUE(stores_->api_keys().revoke("", "k3", now()).value());
  EXPECT_EQ(stores_->api_keys().revoke_all("u", now()).value(), 1);
  EXPECT_EQ(ended(), (std::vector<std::string>{"k1", "k3", "k2"}));
}

TEST_P(EndedFeed, NamesEachTokenThatIsRevoked) {
  ASSERT_TRUE(stores_->accounts().end_token("t1"));
  EXPECT_EQ(ended(), std::vector<std::string>{"t1"});
}

TEST_P(EndedFeed, HoldsEpochsAndSessionsInOneOrder) {
  created("alice");
  ASSERT_TRUE(stores_->sessions().create(session("s", "id-alice")));
  ASSERT_TRUE(stores_->sessions().revoke("s", {"logout", now()}));
  ASSERT_TRUE(stores_->accounts().end_grants("id-alice"));
  EXPECT_EQ(ended(), (std::vector<std::string>{"s", "id-alice/2"}));
}

// A revocation that cannot be told does not happen.
TEST_P(EndedFeed, IsWrittenWithTheRevocationOrNeitherIs) {
  ASSERT_TRUE(stores_->sessions().create(session("s", "u")));
  add_key("k", "u");
  run("ALTER TABLE ended_grants RENAME TO away");
  EXPECT_FALSE(stores_->sessions().revoke("s", {"logout", now()}));
  EXPECT_FALSE(stores_->sessions().revoke_all("u", {"logout", now()}, ""));
  EXPECT_FALSE(stores_->api_keys().revoke("u", "k", now()));
  EXPECT_TRUE(stores_->sessions().find("s")->value().is_live(now()));
  EXPECT_TRUE(stores_->api_keys().list("u")->front().is_live(now()));
}

// A number is given before the row can be seen: nobody may read past one that is still to come.
TEST_P(EndedFeed, SkipsNothingThatIsSeenLate) {
  insert(1);
  insert(2);
  insert(4);
  EXPECT_EQ(next_after(0), 2);
  EXPECT_EQ(ended(2), std::vector<std::string>{"u/4"}) << "what is behind the hole is told already";
  insert(3);
  EXPECT_EQ(next_after(2), 4);
  insert(6);
  EXPECT_EQ(next_after(4), 4);
  clock_.advance(61s);  // number 5 was rolled back
  EXPECT_EQ(next_after(4), 6);
}

TEST_P(EndedFeed, IsNotHeldUpByAHoleHoweverManyFollow) {
  insert(2);
  run(
      fmt::format("INSERT INTO ended_grants (seq, user_id, epoch, grant_id, ended_at) WITH RECURSIVE n (i) "
                  "AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i, '', 0, 'last', {} "
                  "FROM n",
                  unix_millis(now())));
  const EndedBatch batch = stores_->accounts().ended_grants(0).value();
  EXPECT_EQ(batch.ended.size(), 2499U);
  EXPECT_EQ(batch.ended.back().seq, 2500);
  EXPECT_EQ(batch.next_after, 0) << "number 1 may yet come";
  insert(1);
  EXPECT_EQ(next_after(0), 2500);
}

TEST_P(EndedFeed, IsPrunedAndNeverCountsFromOneAgain) {
  created("alice");
  ASSERT_TRUE(stores_->accounts().end_grants("id-alice"));
  const std::int64_t read = next_after(0);
  clock_.advance(1h);
  EXPECT_EQ(stores_->accounts().prune_ended_grants(now() - 2h).value(), 0);
  EXPECT_EQ(stores_->accounts().prune_ended_grants(now()).value(), 1);
  ASSERT_TRUE(stores_->accounts().end_grants("id-alice"));
  EXPECT_EQ(ended(read), std::vector<std::string>{"id-alice/3"});
}

INSTANTIATE_TEST_SUITE_P(Engines, EndedFeed, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
