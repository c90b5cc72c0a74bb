// What is refused before a handler sees it, and that the way the bytes are cut makes no difference.
#include "base/http/request_parser.h"

#include <gtest/gtest.h>

#include "base/http/request_head.h"

namespace picket {
namespace {

using Progress = RequestParser::Progress;
constexpr RequestParser::Limits kLimits{8_KiB, 64_KiB};

struct BadHead {
  std::string_view name;
  std::string head;
  int status = 400;
};
void PrintTo(const BadHead& bad, std::ostream* out) {
  *out << bad.name;
}

const std::string kHost = "Host: x\r\n";

class RefusedHead : public testing::TestWithParam<BadHead> {};

TEST_P(RefusedHead, IsAnsweredWithItsStatus) {
  RequestParser parser(kLimits);
  std::string inbox = GetParam().head;
  ASSERT_EQ(parser.feed(inbox), Progress::Refused);
  EXPECT_EQ(parser.refusal().status, GetParam().status) << parser.refusal().detail;
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedHead,
    testing::Values(
        BadHead{"CL and TE",
                "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
        BadHead{"TE and CL",
                "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"},
        BadHead{"two CL", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n"},
        BadHead{"different CL",
                "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\ncontent-length: 4\r\n\r\n"},
        BadHead{"CL list", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3, 3\r\n\r\n"},
        BadHead{"CL sign", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: +3\r\n\r\n"},
        BadHead{"CL hex", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 0x3\r\n\r\n"},
        BadHead{"CL empty", "POST / HTTP/1.1\r\n" + kHost + "Content-Length:\r\n\r\n"},
        BadHead{"CL overflow",
                "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 99999999999999999999\r\n\r\n"},
        BadHead{"TE gzip", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        BadHead{"TE identity", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: identity\r\n\r\n"},
        BadHead{"TE twice", "POST / HTTP/1.1\r\n" + kHost +
                                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        BadHead{"TE vertical tab", "POST / HTTP/1.1\r\n" + kHost +
                                       "Transfer-Encoding: \x0b"
                                       "chunked\r\n\r\n"},
        BadHead{"TE in 1.0", "POST / HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n"},
        BadHead{"space before colon", "POST / HTTP/1.1\r\n" + kHost + "Content-Length : 3\r\n\r\n"},
        BadHead{"obs-fold", "GET / HTTP/1.1\r\n" + kHost + "X-A: 1\r\n 2\r\n\r\n"},
        BadHead{"folded first", "GET / HTTP/1.1\r\n X: 1\r\n" + kHost + "\r\n"},
        BadHead{"bare LF", "GET / HTTP/1.1\nHost: x\n\n"},
        BadHead{"one bare LF", "GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n"},
        BadHead{"bare CR", "GET / HTTP/1.1\r\n" + kHost + "X: a\rb\r\n\r\n"},
        BadHead{"NUL in a value", "GET / HTTP/1.1\r\n" + kHost + std::string("X: a\0b\r\n\r\n", 10)},
        BadHead{"control in a value", "GET / HTTP/1.1\r\n" + kHost + "X: a\x01\r\n\r\n"},
        BadHead{"DEL in a value", "GET / HTTP/1.1\r\n" + kHost + "X: a\x7f\r\n\r\n"},
        BadHead{"NUL in a name", "GET / HTTP/1.1\r\n" + kHost + std::string("X\0: a\r\n\r\n", 9)},
        BadHead{"no colon", "GET / HTTP/1.1\r\n" + kHost + "nonsense\r\n\r\n"},
        BadHead{"empty name", "GET / HTTP/1.1\r\n" + kHost + ": a\r\n\r\n"},
        BadHead{"no Host", "GET / HTTP/1.1\r\n\r\n"},
        BadHead{"two Hosts", "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n"},
        BadHead{"Host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"},
        BadHead{"Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        BadHead{"Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        BadHead{"broken escape", "GET /%zz HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"short escape", "GET /%4 HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"NUL escape", "GET /%00 HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"fragment", "GET /a#b HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"no target", "GET  HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"two spaces", "GET  / HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"space in target", "GET /a b HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"star for GET", "GET * HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"absolute form with a user", "GET http://u:p@h/ HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"foreign scheme", "GET ftp://h/ HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"no version", "GET /\r\n\r\n"},
        BadHead{"lower case version", "GET / http/1.1\r\n" + kHost + "\r\n"},
        BadHead{"HTTP/0.9", "GET / HTTP/0.9\r\n" + kHost + "\r\n", 505},
        BadHead{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        BadHead{"unknown method", "BREW / HTTP/1.1\r\n" + kHost + "\r\n", 501},
        BadHead{"method with a colon", "G:T / HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"TLS", "\x16\x03\x01\x02\n"},
        BadHead{"two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n"},
        BadHead{"expectation", "POST / HTTP/1.1\r\n" + kHost + "Expect: magic\r\nContent-Length: 1\r\n\r\n",
                417},
        BadHead{"body over the limit", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 65537\r\n\r\n", 413},
        BadHead{"head over the limit", "GET / HTTP/1.1\r\nX: " + std::string(9000, 'a'), 431}));

TEST(RequestHead, TakesAtMostSoManyFields) {
  std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (std::size_t i = 1; i < kMaxRequestFields; ++i) head += "A: b\r\n";
  EXPECT_TRUE(check_request_head(head + "\r\n"));
  EXPECT_FALSE(check_request_head(head + "A: b\r\n\r\n"));
}

/// Feeds `bytes` in pieces of `size`; what it became, for comparison.
std::string parse_in_pieces(const std::string& bytes, std::size_t size) {
  RequestParser parser(kLimits);
  std::string inbox;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    inbox += bytes.substr(at, size);
    const Progress progress = parser.feed(inbox);
    if (progress == Progress::Refused) return "refused " + std::to_string(parser.refusal().status);
    if (progress != Progress::Done) continue;
    const Request& request = parser.request();
    std::string text = fmt::format("{} {} [{}]", to_string(request.method), request.target.raw, request.body);
    for (const auto& [name, value] : request.headers) text += fmt::format(" {}={}", name, value);
    return fmt::format("{} {} rest={}{}", text, parser.keep_alive() ? "keep" : "close", inbox,
                       bytes.substr(std::min(at + size, bytes.size())));
  }
  return "more";
}

struct GoodRequest {
  std::string bytes;
  std::string parsed;
};

TEST(RequestParser, ReadsTheSameHoweverTheBytesAreCut) {
  const std::vector<GoodRequest> cases{
      {"GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-A:  v \r\n\r\nNEXT", "GET /a?b=c [] Host=x X-A=v keep rest=NEXT"},
      {"\r\nGET / HTTP/1.1\r\nhost:x\r\n\r\n", "GET / [] host=x keep rest="},
      {"GET / HTTP/1.0\r\n\r\n", "GET / [] close rest="},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / [] Connection=Keep-Alive keep rest="},
      {"GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n",
       "GET / [] Host=x Connection=foo, Close close rest="},
      {"GET http://h:1/p HTTP/1.1\r\nHost: other\r\n\r\n", "GET /p [] Host=h:1 keep rest="},
      {"GET http://h?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET /?q [] Host=h keep rest="},
      {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * [] Host=x keep rest="},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET",
       "POST / [hello] Host=x Content-Length=5 keep rest=GET"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
       "chunked\r\n\r\n3;a=b\r\nabc\r\n0002\r\nde\r\n0\r\nT: v\r\n\r\nGET",
       "POST / [abcde] Host=x Transfer-Encoding=chunked keep rest=GET"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "POST / [] Host=x Transfer-Encoding=chunked keep rest="},
  };
  for (const GoodRequest& good : cases) {
    for (std::size_t size = 1; size <= good.bytes.size(); ++size) {
      ASSERT_EQ(parse_in_pieces(good.bytes, size), good.parsed) << "pieces of " << size;
    }
  }
}

TEST(RequestParser, RefusesBadChunksHoweverTheyAreCut) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"\r\nabc", "refused 400"},
      {"g\r\n", "refused 400"},
      {"-1\r\n", "refused 400"},
      {"0x3\r\nabc\r\n", "refused 400"},
      {" 3\r\nabc\r\n", "refused 400"},
      {"3\nabc\r\n", "refused 400"},
      {"3\r\nabcd\r\n", "refused 400"},
      {"3\r\nabc\n0\r\n\r\n", "refused 400"},
      {"0000000000003\r\nabc\r\n", "refused 400"},
      {"ffffffffffffffff\r\n", "refused 400"},
      {"ffffffff\r\n", "refused 413"},
      {"3;" + std::string(300, 'x') + "\r\nabc\r\n", "refused 400"},
      {"3;" + std::string(300, 'x'), "refused 400"},
      {"0\r\nX: " + std::string(5000, 'x'), "refused 400"},
      {"0\r\nno colon\r\n\r\n", "refused 400"},
      {"0\r\nA: b\n\r\n", "refused 400"},
      {"0\r\n folded\r\n\r\n", "refused 400"},
  };
  for (const auto& [body, expected] : cases) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, body.size() + head.size()}) {
      EXPECT_EQ(parse_in_pieces(head + body, size), expected)
          << body.substr(0, 40) << " in pieces of " << size;
    }
  }
}

TEST(RequestParser, SkipsOneEmptyLineHoweverItIsCut) {
  for (const std::size_t size : {1u, 2u, 3u, 64u}) {
    EXPECT_EQ(parse_in_pieces("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", size), "refused 400") << size;
  }
}

TEST(RequestParser, CountsTheTrailersTogether) {
  std::string bytes = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 500; ++i) bytes += "Name: value\r\n";
  EXPECT_EQ(parse_in_pieces(bytes, 100), "refused 400");
}

TEST(RequestParser, DropsTrailersSoThatTheyCannotPoseAsHeaders) {
  RequestParser parser(kLimits);
  std::string inbox =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Basic x\r\n\r\n";
  ASSERT_EQ(parser.feed(inbox), Progress::Done);
  EXPECT_EQ(parser.request().headers.find("Authorization"), nullptr);
}

TEST(RequestParser, TellsWhoWaitsForContinue) {
  RequestParser parser(kLimits);
  std::string inbox = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  EXPECT_EQ(parser.feed(inbox), Progress::More);
  EXPECT_TRUE(parser.is_head_done());
  EXPECT_TRUE(parser.expects_continue());
}

}  // namespace
}  // namespace picket
