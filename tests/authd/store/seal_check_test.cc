#include "authd/store/seal_check.h"

#include <gmock/gmock.h>

#include "authd/store/open_database.h"
#include "tests/authd/store/store_fixture.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {
namespace {

using testing::HasSubstr;

class SealedDatabase : public OnStores {
 protected:
  Result<void> check_with(const std::set<std::string>& ids, const std::string& audit = "audit key") {
    const auto stores = stores_with(ids, *ids.begin());
    return check_keys_fit(*patient_, stores->vault(), Secret(audit));
  }
};

TEST_P(SealedDatabase, FitsAnyKeysWhileItIsEmpty) {
  EXPECT_TRUE(check_with({"other"}, "other"));
}

TEST_P(SealedDatabase, FitsTheKeysThatSealedIt) {
  created("ann");
  ASSERT_TRUE(stores_->audit().append({.action = "a", .result = "success"}));
  EXPECT_TRUE(check_with({"k1"}));
  EXPECT_TRUE(check_with({"k0", "k1"}));
}

TEST_P(SealedDatabase, IsRefusedWithoutTheKeyThatSealedItWhichIsNamed) {
  created("ann");
  const auto fits = check_with({"k2"});
  ASSERT_FALSE(fits);
  EXPECT_EQ(fits.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(fits.error().message, HasSubstr("sealed with the key \"k1\""));
}

TEST_P(SealedDatabase, IsRefusedWithAnotherAuditKey) {
  ASSERT_TRUE(stores_->audit().append({.action = "a", .result = "success"}));
  EXPECT_THAT(check_with({"k1"}, "another").error().message, HasSubstr("another audit key"));
}

TEST_P(SealedDatabase, IsNotRefusedForOneDamagedValue) {
  created("ann");
  created("bob");
  ASSERT_TRUE(
      stores_->signing_keys().add({.kid = "kid", .algorithm = "EdDSA", .private_key = Secret("pem")}));
  ASSERT_TRUE(patient_->execute("UPDATE users SET phone = 'v1.k1.x.y' WHERE id = 'id-bob'"));
  EXPECT_TRUE(check_with({"k1"}));
}

/// `count` signing keys, in one transaction.
Result<void> add_sealed(sql::Database& database, const Vault& vault, int count) {
  return database.transaction([&](sql::Session& session) -> Result<void> {
    for (int i = 0; i < count; ++i) {
      const std::string kid = fmt::format("kid{:04}", i);
      const auto sealed = vault.seal({"signing_keys", "private_key", kid}, "pem");
      const auto added = session.execute(
          "INSERT INTO signing_keys (kid, algorithm, private_key, private_key_sealed_by, public_jwk, state, "
          "created_at, activated_at, retired_at) VALUES ($1, '', $2, $3, '', 'retired', 0, 0, 0)",
          {kid, sealed->envelope, sealed->key_id});
      if (!added) return fail(added);
    }
    return {};
  });
}

TEST_P(SealedDatabase, CountsWhatOpensAndWhatDoesNotByKey) {
  ASSERT_TRUE(add_sealed(*patient_, stores_->vault(), 450));
  const auto later = stores_with({"k1", "k2"}, "k2");
  ASSERT_TRUE(later->accounts().create(user("zoe")));
  ASSERT_TRUE(
      patient_->execute("UPDATE signing_keys SET private_key = (SELECT private_key FROM signing_keys "
                        "WHERE kid = 'kid0001') WHERE kid = 'kid0000'"));
  const auto counts = verify_seals(*patient_, later->vault());
  ASSERT_TRUE(counts) << counts.error().message;
  EXPECT_EQ(counts->at("k1").opened, 449);
  EXPECT_EQ(counts->at("k1").unreadable, 1);
  EXPECT_EQ(counts->at("k2").opened, 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, SealedDatabase, kEngines);

TEST(AuthDatabase, StandsInTheStorageFolderWithItsTables) {
  const test::TempDir dir;
  RealFiles files;
  const auto database = open_auth_database({.storage_path = dir.file("state")}, files);
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_TRUE(files.exists(dir.file("state/authd.db")));
  EXPECT_EQ((*database)->query("SELECT COUNT(*) FROM users").value()[0].integer(0), 0);
}

TEST(AuthDatabase, ThatCannotBeOpenedSaysWhichFlagIsWrong) {
  const test::TempDir dir;
  RealFiles files;
  dir.write("file", "x");
  EXPECT_THAT(open_auth_database({.storage_path = dir.file("file")}, files).error().message,
              HasSubstr("--storage.path"));
  EXPECT_THAT(
      open_auth_database({.storage_path = dir.path(), .dsn = "postgresql://["}, files).error().message,
      HasSubstr("--storage.dsn"));
}

}  // namespace
}  // namespace picket::authd
