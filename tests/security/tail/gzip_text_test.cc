// Compressed logs: several members, torn, damaged, endless.
#include <fstream>

#include "tests/security/tail/tail_fixture.h"

namespace picket::security::test {
namespace {

class TailGzip : public TailTest {
 protected:
  /// x.log was read up to "first", and has been compressed since, with these lines behind it.
  void compress_while_stopped(const std::string& rest) {
    append("first\n");
    EXPECT_EQ(read(), Lines{"first"});
    stop();
    append(rest);
    rename("x.log", "x.log.1");
    gzip("x.log.1");
    append("live\n");
  }
};

TEST_F(TailGzip, HasSeveralMembers) {
  compress_while_stopped("second\n");
  append("third\nfo", "more");
  gzip("more");
  append("urth\n", "rest");
  gzip("rest");
  append(folder_.read("more.gz") + folder_.read("rest.gz") + std::string(512, '\0'), "x.log.1.gz");
  EXPECT_EQ(read(), (Lines{"second", "third", "fourth", "live"}));
  EXPECT_EQ(stats().read_errors, 0U);
}

TEST_F(TailGzip, ThatIsTornIsReadAsFarAsItGoesAndCounted) {
  std::string rest;
  for (int i = 0; i < 50000; ++i) rest += "line " + std::to_string(i * 7919 % 50000) + "\n";
  compress_while_stopped(rest);
  std::filesystem::resize_file(path("x.log.1.gz"), std::filesystem::file_size(path("x.log.1.gz")) / 2);
  const Lines lines = read();
  EXPECT_GT(lines.size(), 1000U);
  const Lines rest_of_it = read_after(seconds(5));
  ASSERT_FALSE(rest_of_it.empty());
  EXPECT_EQ(rest_of_it.back(), "live");
  EXPECT_EQ(stats().read_errors, 1U);
}

TEST_F(TailGzip, ThatIsDamagedIsLeftAndCounted) {
  std::string rest;
  for (int i = 0; i < 50000; ++i) rest += "line " + std::to_string(i * 7919 % 50000) + "\n";
  compress_while_stopped(rest);
  std::fstream file(path("x.log.1.gz"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path("x.log.1.gz")) * 3 / 4));
  file << std::string(64, '\xff');
  file.close();
  read();
  EXPECT_FALSE(tail().up());
  EXPECT_EQ(read_after(seconds(1)), Lines{"live"});
  EXPECT_EQ(stats().read_errors, 1U);
  EXPECT_TRUE(tail().up());
}

TEST_F(TailGzip, OfMoreThanTheLimitIsLeftAndCounted) {
  options_.gzip_limit = 1_MiB;
  compress_while_stopped(std::string(8 << 20, 'x') + "\nsecond\n");
  read();
  EXPECT_EQ(read_after(seconds(1)), Lines{"live"});
  EXPECT_EQ(stats().read_errors, 1U);
}

TEST_F(TailGzip, IsReadOnFarBehindItsStart) {
  const std::string line(999, 'x');
  for (int i = 0; i < 40; ++i) {
    std::string block;
    for (int j = 0; j < 1000; ++j) block += line + "\n";
    append(block);
  }
  EXPECT_EQ(read().size(), 40000U);
  stop();
  append("behind\n");
  rename("x.log", "x.log.1");
  gzip("x.log.1");
  append("live\n");
  EXPECT_EQ(read(), (Lines{"behind", "live"}));
}

}  // namespace
}  // namespace picket::security::test
