#include "authd/store/key_marks.h"

#include <gmock/gmock.h>

#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using testing::HasSubstr;

using KeyMarks = OnStores;

const MacKeys kFirst{Secret("api key key"), Secret("otp key")};

TEST_P(KeyMarks, AreSetByWhoComesFirstAndHeldAgainstTheRest) {
  ASSERT_TRUE(check_key_marks(*patient_, kFirst));
  EXPECT_TRUE(check_key_marks(*patient_, kFirst));
  const auto other_api_key = check_key_marks(*patient_, {Secret("another"), kFirst.otp});
  ASSERT_FALSE(other_api_key);
  EXPECT_EQ(other_api_key.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(other_api_key.error().message, HasSubstr("the api_key_key at hand"));
  EXPECT_THAT(check_key_marks(*patient_, {kFirst.api_keys, Secret("another")}).error().message,
              HasSubstr("the otp_key at hand"));
  EXPECT_TRUE(check_key_marks(*patient_, kFirst)) << "who was refused leaves no mark";
}

TEST_P(KeyMarks, AreReplacedOnPurpose) {
  const MacKeys other{Secret("another"), Secret("and another")};
  ASSERT_TRUE(replace_key_marks(*patient_, kFirst)) << "where there is none yet, too";
  ASSERT_TRUE(replace_key_marks(*patient_, other));
  EXPECT_TRUE(check_key_marks(*patient_, other));
  EXPECT_FALSE(check_key_marks(*patient_, kFirst));
}

TEST_P(KeyMarks, TellNoKey) {
  ASSERT_TRUE(check_key_marks(*patient_, {Secret("same"), Secret("same")}));
  const auto rows = patient_->query("SELECT mac FROM key_marks").value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NE(rows[0].text(0), rows[1].text(0));
  EXPECT_EQ(rows[0].text(0).size(), 64U);
}

INSTANTIATE_TEST_SUITE_P(Engines, KeyMarks, kEngines);

}  // namespace
}  // namespace picket::authd
