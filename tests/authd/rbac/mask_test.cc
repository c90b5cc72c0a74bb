#include "authd/rbac/mask.h"

#include <gtest/gtest.h>

#include <vector>

namespace picket::authd {
namespace {

struct MaskRow {
  std::string_view plain, masked;
};

TEST(Mask, ShowsOfAMailAddressNeitherLengthNorName) {
  const std::vector<MaskRow> rows{
      {"alice@example.org", "a***@e***.org"},
      {"a@b.c", "a***@b***.c"},
      {"alice@mail.example.co.uk", "a***@m***.uk"},
      {"alice@localhost", "a***@l***"},
      {"\xC3\xA9ve@example.org", "\xC3\xA9***@e***.org"},
      {"", ""},
      {"no address", "***"},
      {"@example.org", "***"},
  };
  for (const MaskRow& row : rows) EXPECT_EQ(mask_email(row.plain), row.masked);
}

TEST(Mask, ShowsOfANumberTheFirstAndTheLastDigits) {
  const std::vector<MaskRow> rows{
      {"+14155550100", "+1******00"},
      {"+4915112345678", "+4******78"},
      {"+12345678", "******"},
      {"", ""},
  };
  for (const MaskRow& row : rows) EXPECT_EQ(mask_phone(row.plain), row.masked);
}

TEST(Mask, IsRecognised) {
  for (const MaskRow& row : std::vector<MaskRow>{{"alice@example.org", ""}, {"bob", ""}}) {
    EXPECT_TRUE(looks_masked(mask_email(row.plain)));
    EXPECT_FALSE(looks_masked(row.plain));
  }
}

}  // namespace
}  // namespace picket::authd
