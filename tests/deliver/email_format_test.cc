// Mail as text: what a server, a mail reader and an attacker get to see. That foreign software reads it back
// the same is in smtp_test.cc.
#include <gtest/gtest.h>

#include "base/deliver/email.h"
#include "base/deliver/mailbox.h"
#include "base/deliver/mime.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

class CountingRandom final : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, static_cast<char>(++calls_)); }

 private:
  int calls_ = 0;
};

EmailMessage plain_message() {
  EmailMessage message;
  message.from = "Picket <alerts@example.org>";
  message.to = {"oncall@example.org"};
  message.subject = "redis is down";
  message.text = "redis does not answer";
  return message;
}

std::string format(const EmailMessage& message) {
  CountingRandom random;
  return format_email(message, parse_rfc3339("2026-01-05T12:00:00Z").value(), random);
}

void expect_lines_fit(std::string_view mail, std::size_t max) {
  std::size_t start = 0;
  for (std::size_t end = mail.find("\r\n"); end != std::string_view::npos; end = mail.find("\r\n", start)) {
    EXPECT_LE(end - start, max) << mail.substr(start, end - start);
    EXPECT_EQ(mail.substr(start, end - start).find_first_of("\r\n"), std::string_view::npos);
    start = end + 2;
  }
  EXPECT_EQ(start, mail.size()) << "the last line has no CRLF";
}

TEST(EmailFormat, APlainMessageIsWhatRfc5322Says) {
  EXPECT_EQ(format(plain_message()),
            "From: Picket <alerts@example.org>\r\n"
            "To: oncall@example.org\r\n"
            "Subject: redis is down\r\n"
            "Date: Mon, 05 Jan 2026 12:00:00 +0000\r\n"
            "Message-ID: <01010101010101010101010101010101@example.org>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "redis does not answer\r\n");
}

TEST(EmailFormat, TextAndHtmlMakeAnAlternative) {
  EmailMessage message = plain_message();
  message.html = "<b>redis</b>";
  message.message_id = "group-1@picket";
  message.references = "root@picket";
  message.headers.add("X-Priority", "1");
  const std::string mail = format(message);
  EXPECT_NE(
      mail.find(
          "Message-ID: <group-1@picket>\r\nIn-Reply-To: <root@picket>\r\nReferences: <root@picket>\r\n"),
      std::string::npos);
  EXPECT_NE(mail.find("X-Priority: 1\r\n"), std::string::npos);
  const std::string boundary = "=_01010101010101010101010101010101";
  EXPECT_NE(mail.find("Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n--" +
                      boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\n"),
            std::string::npos)
      << mail;
  EXPECT_TRUE(mail.ends_with("<b>redis</b>\r\n\r\n--" + boundary + "--\r\n")) << mail;
}

TEST(EmailFormat, SubjectsAreEncodedAndFolded) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"plain", "Subject: plain\r\n"},
      {"", "Subject: \r\n"},
      {"grün", "Subject: =?UTF-8?Q?gr=C3=BCn?=\r\n"},
      {"Сбой", "Subject: =?UTF-8?B?0KHQsdC+0Lk=?=\r\n"},
      {"looks like =?UTF-8?Q?x?=", "Subject: =?UTF-8?Q?looks_like_=3D=3FUTF-8=3FQ=3Fx=3F=3D?=\r\n"},
      {"a\r\nBcc: evil@example.org", "Subject: a  Bcc: evil@example.org\r\n"},
      {"a\nb\tc\x7F", "Subject: a b c\r\n"},
      {"bad \xFF utf-8", "Subject: =?UTF-8?Q?bad_=EF=BF=BD_utf-8?=\r\n"},
  };
  for (const auto& [subject, field] : rows) EXPECT_EQ(unstructured_field("Subject", subject), field);
}

TEST(EmailFormat, EveryLineFitsWhateverTheText) {
  std::string long_words;
  for (int i = 0; i < 40; ++i) long_words += "überlänge 🔥 word ";
  for (const std::string& text :
       {long_words, std::string(3000, 'x'), std::string(3000, ' ') + "x",
        std::string("a b ") + std::string(90, 'y'), std::string("日本語") + std::string(500, '=')}) {
    EmailMessage message = plain_message();
    message.subject = text;
    message.text = fmt::format("{0}\n.\n..\nFrom x\n{0}", text);
    message.html = text;
    message.from = long_words.substr(0, 150) + "<a@example.org>";
    message.to.assign(12, "\"Doe, Jane\" <jane.doe.of.the.second.team@mail.example.org>");
    message.cc = {std::string(60, 'l') + "@" + std::string(60, 'd') + ".example"};
    message.headers.add("X-Note", text);
    const std::string mail = format(message);
    expect_lines_fit(mail, 135);  // one address cannot be folded
  }
}

TEST(EmailFormat, AddressesAreQuotedEncodedAndFolded) {
  const auto field = [](const std::string& text) {
    return address_field("To", {parse_mailbox(text).value()});
  };
  EXPECT_EQ(field("a@b.example"), "To: a@b.example\r\n");
  EXPECT_EQ(field("<a@b.example>"), "To: a@b.example\r\n");
  EXPECT_EQ(field(" Jane Doe  <a@b.example> "), "To: Jane Doe <a@b.example>\r\n");
  EXPECT_EQ(field("Doe, Jane <a@b.example>"), "To: \"Doe, Jane\" <a@b.example>\r\n");
  EXPECT_EQ(field("\"Jane \\\"J\\\" Doe\" <a@b.example>"), "To: \"Jane \\\"J\\\" Doe\" <a@b.example>\r\n");
  EXPECT_EQ(field("Jürgen <a@b.example>"), "To: =?UTF-8?Q?J=C3=BCrgen?= <a@b.example>\r\n");
  const Mailbox mailbox{"", "someone.with.a.long.name@mail.example.org"};
  EXPECT_EQ(address_field("To", {mailbox, mailbox, mailbox}),
            "To: someone.with.a.long.name@mail.example.org,\r\n"
            " someone.with.a.long.name@mail.example.org,\r\n"
            " someone.with.a.long.name@mail.example.org\r\n");
}

TEST(EmailFormat, BodiesTakeTheEncodingThatFits) {
  EXPECT_EQ(encode_body("a\nb\r\nc\rd").content, "a\r\nb\r\nc\r\nd\r\n");
  EXPECT_EQ(encode_body("a\nb").transfer_encoding, "7bit");
  EXPECT_EQ(encode_body("").content, "\r\n");
  EXPECT_EQ(encode_body("grün = 1\n").content, "gr=C3=BCn =3D 1\r\n");
  EXPECT_EQ(encode_body("trailing ü \t\n").content, "trailing =C3=BC =09\r\n");
  EXPECT_EQ(encode_body("a ü ").content, "a =C3=BC=20\r\n");
  EXPECT_EQ(encode_body("Сбой базы").transfer_encoding, "base64");
  EXPECT_EQ(encode_body(std::string(77, 'x')).content, std::string(75, 'x') + "=\r\nxx\r\n");
  EXPECT_EQ(encode_body(std::string("nul \0", 5)).content, "nul =00\r\n");
}

TEST(EmailCheck, NamesWhatIsWrong) {
  struct Row {
    std::string message;
    void (*spoil)(EmailMessage&);
  };
  const std::vector<Row> rows{
      {"from: an address needs an \"@\"", [](EmailMessage& m) { m.from = "picket"; }},
      {"from: an address must not have line breaks or control characters",
       [](EmailMessage& m) { m.from = "a@b.example\r\nBcc: c@d.example"; }},
      {"to: needs a recipient", [](EmailMessage& m) { m.to.clear(); }},
      {"to: an address is local@domain", [](EmailMessage& m) { m.to = {"@b"}; }},
      {"to: an address is local@domain", [](EmailMessage& m) { m.to = {"a@b@c"}; }},
      {"to: an address has a character that it must not have", [](EmailMessage& m) { m.to = {"a@b,c"}; }},
      {"to: an address has no closing \">\"", [](EmailMessage& m) { m.to = {"x <a@b"}; }},
      {"to: an address is too long", [](EmailMessage& m) { m.to = {"a@" + std::string(300, 'b')}; }},
      {"cc: an address is not UTF-8", [](EmailMessage& m) { m.cc = {"\xFF@b.example"}; }},
      {"text: needs a text or an html body", [](EmailMessage& m) { m.text.clear(); }},
      {"message_id: needs an \"@\"", [](EmailMessage& m) { m.message_id = "x"; }},
      {"message_id: must be printable ASCII without spaces and angle brackets",
       [](EmailMessage& m) { m.message_id = "x@y>\r\nBcc: z@example.org"; }},
      {"references: is longer than a line may be",
       [](EmailMessage& m) { m.references = "x@" + std::string(1000, 'y'); }},
      {"headers.X-A: must not have line breaks or control characters",
       [](EmailMessage& m) { m.headers.add("X-A", "1\nBcc: evil@example.org"); }},
      {"headers: \"X A\" is not a header name", [](EmailMessage& m) { m.headers.add("X A", "1"); }},
      {"headers: \"X:\" is not a header name", [](EmailMessage& m) { m.headers.add("X:", "1"); }},
      {"headers.bcc: has a setting of its own",
       [](EmailMessage& m) { m.headers.add("bcc", "x@example.org"); }},
      {"headers.X-A: is longer than 16 KiB",
       [](EmailMessage& m) { m.headers.add("X-A", std::string(20'000, 'x')); }},
  };
  EXPECT_TRUE(check_email(plain_message()));
  for (const Row& row : rows) {
    EmailMessage message = plain_message();
    row.spoil(message);
    const auto checked = check_email(message);
    ASSERT_FALSE(checked) << row.message;
    EXPECT_EQ(checked.error().kind, ErrorKind::InvalidInput);
    EXPECT_EQ(checked.error().message, row.message);
  }
}

TEST(Mailboxes, AreSplitAtCommasOutsideOfQuotesAndBrackets) {
  struct Row {
    std::string list;
    std::vector<std::string> mailboxes;
  };
  const Row rows[] = {
      {"", {}},
      {" , ,", {}},
      {"a@b.example", {"a@b.example"}},
      {" a@b.example ,c@d.example,", {"a@b.example", "c@d.example"}},
      {R"("Ops, Team" <ops@example.org>, b@example.org)",
       {R"("Ops, Team" <ops@example.org>)", "b@example.org"}},
      {R"("Ops \"x, y\", Team" <o@e.org>, b@e.org)", {R"("Ops \"x, y\", Team" <o@e.org>)", "b@e.org"}},
      {R"(Ops "Team <o@e.org>, b@e.org)", {R"(Ops "Team <o@e.org>)", "b@e.org"}},
      {"Ops <o@e.org, b@e.org", {"Ops <o@e.org", "b@e.org"}},
  };
  for (const Row& row : rows) EXPECT_EQ(split_mailboxes(row.list), row.mailboxes) << row.list;
}

TEST(Mailboxes, HaveDomainsInALabels) {
  EXPECT_EQ(parse_mailbox("A <a@Bücher.example>")->address, "a@xn--bcher-kva.example");
  EXPECT_EQ(parse_mailbox("a@例え.テスト")->address, "a@xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(parse_mailbox("a@Example.ORG")->address, "a@Example.ORG");
  EXPECT_FALSE(parse_mailbox("a@bücher.example")->needs_smtputf8());
  EXPECT_TRUE(parse_mailbox("jürgen@bücher.example")->needs_smtputf8());
  EXPECT_EQ(parse_mailbox("jürgen@bücher.example")->address, "jürgen@xn--bcher-kva.example");
  for (const char* bad : {"a@bü/cher.example", "a@-bücher-.example", "a@bü..example"})
    EXPECT_FALSE(parse_mailbox(bad)) << bad;
}

}  // namespace
}  // namespace picket
