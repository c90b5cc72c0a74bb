// Faults 21, 25 and 26 of log exporters: bytes that are not text, escapes, and clients that write into the log what
// looks like somebody else's line.
#include <gmock/gmock.h>

#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

std::string combined(const std::string& user, const std::string& request, const std::string& agent = "-") {
  return "203.0.113.9 - " + user + " [30/Nov/2026:14:17:11 +0000] \"" + request + "\" 200 5 \"-\" \"" +
         agent + "\"";
}

TEST(Fault21, NulBytesAreBinaryWhenTheyAreNotInTheFormat) {
  Reader reader = Reader::nginx();
  EXPECT_EQ(reader.read(std::string("\0\1\2", 3)), ParseResult::Binary);
  EXPECT_EQ(reader.read(std::string(100, '\0')), ParseResult::Binary);
  EXPECT_EQ(reader.read("\x7F"
                        "ELF\2\1\1"),
            ParseResult::Format);
  EXPECT_EQ(reader.read(combined("-", std::string("GET /\0 HTTP/1.1", 15))), ParseResult::Ok);
  EXPECT_EQ(reader.record().target, std::string_view("/\0", 2));
}

TEST(Fault21, NulBytesOfACrashBeforeALineHideItNot) {
  Reader reader = Reader::nginx();
  EXPECT_EQ(reader.read(std::string(4096, '\0') + combined("-", "GET / HTTP/1.1")), ParseResult::Ok);
  EXPECT_EQ(reader.client(), "203.0.113.9");
}

TEST(Fault21, CarriageReturnsAndInvalidUtf8AreTaken) {
  Reader reader = Reader::nginx();
  EXPECT_EQ(reader.record(combined("-", "GET /\xFF\xC0\xAF HTTP/1.1") + "\r").target, "/\xFF\xC0\xAF");
  EXPECT_EQ(reader.problem(), "");
}

TEST(Fault21, LinesOverTheLimitAreOversize) {
  Reader reader = Reader::nginx();
  EXPECT_EQ(reader.read(combined("-", "GET /" + std::string(kLineMax, 'a') + " HTTP/1.1")),
            ParseResult::Oversize);
}

TEST(Fault25, EscapesOfNginxAreUndoneAndThoseOfClientsAreNot) {
  Reader reader = Reader::nginx();
  const LogRecord& r = reader.record(
      combined("-", R"(GET /%2527\x22\x5C\xC0\xAFx\x00\x0A HTTP/1.1)", R"(\x22 or 1=1 \x5Cx22 \xZZ \x)"));
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.target, std::string_view("/%2527\"\\\xC0\xAFx\0\n", 13));
  EXPECT_EQ(r.user_agent, R"(" or 1=1 \x22 \xZZ \x)");
}

TEST(Fault25, AUriOf8KilobytesIsWhole) {
  Reader reader = Reader::nginx();
  std::string uri = "/";
  while (uri.size() < 8192) uri += R"(%27\x22)";
  const LogRecord& r = reader.record(combined("-", "GET " + uri + " HTTP/1.1"));
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.target.size(), 1 + (uri.size() - 1) / 7 * 4);
  EXPECT_TRUE(r.target.ends_with("%27\""));
}

// A user name of HTTP Basic is the client's, stands before the time, and has no quotes around it.
TEST(Fault26, AFakeLineInAUserNameIsTheUserName) {
  Reader reader = Reader::nginx();
  const std::string fake = R"(- [29/Nov/2026:00:00:00 +0000] \x22GET /fake HTTP/1.1\x22 200 5 - [x] )";
  const LogRecord& r = reader.record(combined(fake, "GET /real HTTP/1.1"));
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(reader.client(), "203.0.113.9");
  EXPECT_EQ(r.target, "/real");
  EXPECT_EQ(r.time, at("2026-11-30T14:17:11Z"));
  EXPECT_TRUE(r.account.starts_with("- [29/Nov"));
}

TEST(Fault26, AFakeLineInTheRequestIsTheRequest) {
  Reader reader = Reader::nginx();
  const std::string fake =
      R"(/ HTTP/1.1\x22 200 5 \x22-\x22 \x22-\x22\x0A198.51.100.1 - - [30/Nov/2026:14:17:11 +0000] \x22GET /fake)";
  const LogRecord& r = reader.record(combined("-", "GET " + fake + " HTTP/1.1"));
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(reader.client(), "203.0.113.9");
  EXPECT_TRUE(r.target.ends_with("\"GET /fake"));
  EXPECT_EQ(r.status, 200);
}

TEST(Fault26, ApachesEscapedQuotesEndNothing) {
  Reader reader({.type = FormatType::Apache});
  const LogRecord& r = reader.record(
      R"(203.0.113.9 - a\" [x [30/Nov/2026:14:17:11 +0000] "GET /\\\" 404 9 \"-\" HTTP/1.1" 200 5 "\\" "\"198.51.100.1 - - \n")");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(reader.client(), "203.0.113.9");
  EXPECT_EQ(r.account, "a\" [x");
  EXPECT_EQ(r.target, R"(/\" 404 9 "-")");
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.referer, "\\");
  EXPECT_EQ(r.user_agent, "\"198.51.100.1 - - \n");
}

TEST(Fault26, WithoutEscapesAClientIsOnlyClaimed) {
  Reader reader = Reader::nginx("escape=none $remote_addr \"$request\" $status \"$http_user_agent\"");
  const LogRecord& r = reader.record(R"(203.0.113.9 "GET /" 404 "x" HTTP/1.1" 200 "say "hi"")");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(reader.client(), "203.0.113.9");
  EXPECT_TRUE(r.client_is_claimed);
}

TEST(HostileLines, TimesOutOfRangeAreTimeFailures) {
  Reader reader = Reader::nginx("$remote_addr [$time_local] $status");
  for (const char* time :
       {"31/Feb/2026:14:17:11 +0000", "30/Nov/2026:24:17:11 +0000", "30/Nov/9999:14:17:11 +0000",
        "30/Nov/1969:14:17:11 +0000", "30/Foo/2026:14:17:11 +0000", "aaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_EQ(reader.read("192.0.2.1 [" + std::string(time) + "] 200"), ParseResult::Time) << time;
  }
  Reader unix = Reader::nginx("$msec $status");
  for (const char* time : {"-1", "1e400", "nan", "99999999999999999999999999", "x"}) {
    EXPECT_EQ(unix.read(std::string(time) + " 200"), ParseResult::Time) << time;
  }
}

TEST(HostileLines, EveryBeginningOfALineIsRefusedOrTaken) {
  Reader reader = Reader::nginx();
  const std::string line = combined("a b", "GET /x HTTP/1.1", "agent");
  for (std::size_t length = 1; length < line.size(); ++length) {
    EXPECT_EQ(reader.read(line.substr(0, length)), ParseResult::Format) << length;
  }
}

TEST(HostileLines, WhatIsNotAnAddressIsNotAClient) {
  Reader reader = Reader::nginx("$remote_addr $status");
  EXPECT_EQ(reader.read("999.1.1.1 200"), ParseResult::Format);
  EXPECT_EQ(reader.read("unix: 200"), ParseResult::Ok);
  EXPECT_FALSE(reader.record().client);
  EXPECT_EQ(reader.read("::ffff:192.0.2.1 200"), ParseResult::Ok);
  EXPECT_EQ(reader.client(), "192.0.2.1");
}

TEST(HostileLines, BytesOfATlsHandshakeAreATarget) {
  Reader reader = Reader::nginx();
  const LogRecord& r = reader.record(combined("-", R"(\x16\x03\x01\x02\x00\x01\x00)"));
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(r.method, "");
  EXPECT_EQ(r.target.size(), 7U);
}

}  // namespace
}  // namespace picket::security::test
