#include "base/detect/readings.h"

#include <gtest/gtest.h>

#include "base/text/encoding.h"

namespace picket {
namespace {

using namespace std::string_literals;

TEST(Readings, DecodeOneLayer) {
  struct Row {
    std::string text;
    std::string decoded;
  };
  const std::vector<Row> rows = {{"100% %41%zz%4", "100% A%zz%4"},
                                 {"%", "%"},
                                 {"%2541", "%41"},
                                 {"%u003cx%u0041", "<xA"},
                                 {"%u00e9", "\xc3\xa9"},
                                 {"%00", "\0"s},
                                 {"&lt;b&gt; &amp &amp; &nothing;", "<b> &amp & &nothing;"},
                                 {"&#60;&#x3C;&#0000060x&#x;", "<<<x&#x;"},
                                 {"\\u003c\\u{3c}\\x3c\\n\\x4", "<<<\\n\\x4"},
                                 {"\xc0\xae\xc0\xaf", "./"},
                                 {"\xe0\x80\xaf", "/"},
                                 {"\xef\xbc\x9cscript\xef\xbc\x9e", "<script>"},
                                 {"\xe2\x88\x95", "/"},
                                 {"\xe2\x82\xac \xc3\xa9", "\xe2\x82\xac \xc3\xa9"},
                                 {"\xe2\x82", "\xe2\x82"}};
  for (const Row& row : rows) {
    EXPECT_EQ(decode_escapes(row.text), row.decoded) << row.text;
    EXPECT_LE(row.decoded.size(), row.text.size()) << row.text;
    EXPECT_TRUE(row.decoded == row.text || shape_of(row.text).has_escapes) << row.text;
  }
}

TEST(Readings, FindBase64ThatSaysText) {
  const std::string text = "id; cat /etc/passwd";
  EXPECT_EQ(decode_base64_runs("q=" + base64_encode(text) + "&x"), std::vector<std::string>{text});
  EXPECT_EQ(decode_base64_runs(base64url_encode(text)), std::vector<std::string>{text});
  EXPECT_TRUE(decode_base64_runs(base64_encode("\x01\x02\x03 binary, of course")).empty());
  EXPECT_TRUE(decode_base64_runs("Zm9vYmFy").empty()) << "too short to hold an attack";
  EXPECT_EQ(decode_base64_runs(base64_encode("i\0d\0 \0-\0u\0 \0-\0g\0"s)),
            std::vector<std::string>{"id -u -g"});
  std::string many;
  for (int i = 0; i < 9; ++i) many += base64_encode(text) + ".";
  EXPECT_EQ(decode_base64_runs(many).size(), 4U);
}

TEST(Readings, TellTheShapeOfAText) {
  EXPECT_TRUE(shape_of("Mozilla/5.0 (X11; Linux x86_64) like Gecko").is_quiet);
  EXPECT_FALSE(shape_of("O'Brien").is_quiet);
  EXPECT_FALSE(shape_of("a\nb").is_quiet);
  EXPECT_TRUE(shape_of("0123456789abcdef").has_runs);
  EXPECT_FALSE(shape_of("0123456789abcde f").has_runs);
  EXPECT_FALSE(shape_of("plain").has_escapes);
}

}  // namespace
}  // namespace picket
