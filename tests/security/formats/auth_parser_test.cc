#include "exporters/security/formats/auth_parser.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

class AuthLog : public testing::Test {
 protected:
  const LogRecord& say(const std::string& message, const std::string& program = "sshd[123]") {
    return reader_.record("Nov 30 14:17:11 host " + program + ": " + message);
  }
  /// How many tries to log in the lines tell of.
  std::uint32_t tries(const std::vector<std::string>& messages, const std::string& program = "sshd[123]") {
    std::uint32_t count = 0;
    for (const std::string& message : messages) {
      const LogRecord& r = say(message, program);
      if (r.kind == RecordKind::Login) count += r.count;
    }
    EXPECT_EQ(reader_.problem(), "");
    return count;
  }

  Reader reader_{{.type = FormatType::Auth}};
};

struct Try {
  const char* message;
  const char* client;
  const char* account;
  LoginMethod method;
  LoginFailure failure;
};

TEST_F(AuthLog, ReadsTriesOfSshd) {
  int process = 1;
  for (const Try& t : {
           Try{"Accepted password for alice from 203.0.113.9 port 4711 ssh2", "203.0.113.9", "alice",
               LoginMethod::Password, LoginFailure::None},
           Try{"Accepted publickey for git from 2001:db8::9 port 4711 ssh2: ED25519 SHA256:abc/+d",
               "2001:db8::9", "git", LoginMethod::PublicKey, LoginFailure::None},
           Try{"Failed password for root from 203.0.113.9 port 4711 ssh2", "203.0.113.9", "root",
               LoginMethod::Password, LoginFailure::BadPassword},
           Try{"Failed password for invalid user  from 203.0.113.9 port 4711 ssh2", "203.0.113.9", "",
               LoginMethod::Password, LoginFailure::UnknownAccount},
           Try{"Failed password for invalid user a b from c from 203.0.113.9 port 4711 ssh2", "203.0.113.9",
               "a b from c", LoginMethod::Password, LoginFailure::UnknownAccount},
           Try{"Failed publickey for root from 203.0.113.9 port 4711 ssh2: RSA SHA256:xyz", "203.0.113.9",
               "root", LoginMethod::PublicKey, LoginFailure::Other},
           Try{"Failed keyboard-interactive/pam for bob from 203.0.113.9 port 4711 ssh2", "203.0.113.9",
               "bob", LoginMethod::Password, LoginFailure::BadPassword},
           Try{"error: PAM: Authentication failure for illegal user bob from 203.0.113.9", "203.0.113.9",
               "bob", LoginMethod::Password, LoginFailure::UnknownAccount},
           Try{"Connection closed by authenticating user root 203.0.113.9 port 4711 [preauth]", "203.0.113.9",
               "root", LoginMethod::Other, LoginFailure::Other},
           Try{"Disconnected from invalid user a b 203.0.113.9 port 4711 [preauth]", "203.0.113.9", "a b",
               LoginMethod::Other, LoginFailure::UnknownAccount},
       }) {
    const LogRecord& r = say(t.message, "sshd[" + std::to_string(process++) + "]");
    EXPECT_EQ(r.kind, RecordKind::Login) << t.message;
    EXPECT_EQ(reader_.client(), t.client) << t.message;
    EXPECT_EQ(r.account, t.account) << t.message;
    EXPECT_EQ(r.method_of_login, t.method) << t.message;
    EXPECT_EQ(r.failure, t.failure) << t.message;
    EXPECT_EQ(r.count, 1U) << t.message;
  }
  EXPECT_EQ(reader_.problem(), "");
}

TEST_F(AuthLog, PassesOverTheRest) {
  for (const char* message :
       {"Server listening on 0.0.0.0 port 22.", "Invalid user x from 203.0.113.9 port 4711",
        "Failed none for invalid user x from 203.0.113.9 port 4711 ssh2",
        "Received disconnect from 203.0.113.9 port 1:11: Bye",
        "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)",
        "Disconnected from user alice 203.0.113.9 port 4711",
        "Connection closed by 203.0.113.9 port 4711 [preauth]",
        "Postponed keyboard-interactive for root from 203.0.113.9 port 1 ssh2 [preauth]", ""}) {
    EXPECT_EQ(say(message).kind, RecordKind::Other) << message;
  }
}

TEST_F(AuthLog, CountsATryOnceThoughPamAndSshdTellOfIt) {
  EXPECT_EQ(
      tries(
          {"Invalid user bob from 203.0.113.9 port 4711", "pam_unix(sshd:auth): check pass; user unknown",
           "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9",
           "Failed password for invalid user bob from 203.0.113.9 port 4711 ssh2",
           "Failed password for invalid user bob from 203.0.113.9 port 4711 ssh2",
           "error: maximum authentication attempts exceeded for invalid user bob from 203.0.113.9 port 4711 ssh2 [preauth]",
           "Disconnecting invalid user bob 203.0.113.9 port 4711: Too many authentication failures [preauth]",
           "PAM 1 more authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9",
           "Connection closed by invalid user bob 203.0.113.9 port 4711 [preauth]"}),
      2U);
}

TEST_F(AuthLog, CountsKeyboardInteractiveTriesOnce) {
  EXPECT_EQ(tries({"error: PAM: Authentication failure for root from 203.0.113.9",
                   "error: PAM: Authentication failure for root from 203.0.113.9",
                   "Failed keyboard-interactive/pam for root from 203.0.113.9 port 4711 ssh2",
                   "Connection reset by authenticating user root 203.0.113.9 port 4711 [preauth]"}),
            2U);
}

TEST_F(AuthLog, CountsAConnectionThatTriedNothingElse) {
  const std::vector<std::string> lines{
      "Invalid user bob from 203.0.113.9 port 4711",
      "Connection closed by invalid user bob 203.0.113.9 port 4711 [preauth]"};
  EXPECT_EQ(tries(lines), 1U);
  EXPECT_EQ(tries(lines, "sshd-session[124]"), 1U);
}

TEST_F(AuthLog, CountsRepeatedMessages) {
  const LogRecord& r =
      say("message repeated 4 times: [ Failed password for root from 203.0.113.9 port 4711 ssh2]");
  EXPECT_EQ(r.count, 4U);
  EXPECT_EQ(reader_.client(), "203.0.113.9");
  EXPECT_EQ(
      say("message repeated 4294967297 times: [ Failed password for a from 203.0.113.9 port 1 ssh2]").count,
      100'000U);
  EXPECT_EQ(say("message repeated -1 times: [ x]").count, 1U);
}

TEST_F(AuthLog, KnowsLimitsOfSshd) {
  const LogRecord& r = say(
      "error: maximum authentication attempts exceeded for invalid user a from 1.2.3.4 port 1 ssh2 from 203.0.113.9 port 4711 ssh2 [preauth]");
  EXPECT_EQ(r.kind, RecordKind::RateLimit);
  EXPECT_EQ(r.limit, "sshd_max_auth_tries");
  EXPECT_EQ(reader_.client(), "203.0.113.9");
  EXPECT_EQ(say("drop connection #10 from [203.0.113.9]:4711 on [192.0.2.1]:22 past MaxStartups").limit,
            "sshd_max_startups");
  EXPECT_EQ(reader_.client(), "203.0.113.9");
}

// Names are the client's; the address is not.
TEST_F(AuthLog, Fault26FakeTextInANameForgesNoClient) {
  int process = 1;
  for (
      const char* message :
      {"Failed password for invalid user Failed password for root from 1.2.3.4 port 1 ssh2 from 6.6.6.6 port 22 ssh2",
       "Failed password for invalid user x from 1.2.3.4 port 1 ssh2: RSA SHA256:y from 6.6.6.6 port 22 ssh2",
       "Failed publickey for invalid user x from 1.2.3.4 port 1 ssh2 from 6.6.6.6 port 22 ssh2: RSA SHA256:abc",
       "Failed publickey for invalid user x from 1.2.3.4 port 1 ssh2: RSA SHA256:y from 6.6.6.6 port 22 ssh2: RSA SHA256:abc",
       "Failed publickey for root from 6.6.6.6 port 22 ssh2: RSA-CERT SHA256:a ID me (serial 0) CA RSA SHA256:b",
       "Connection closed by invalid user x 1.2.3.4 port 1 [preauth] 6.6.6.6 port 22 [preauth]",
       "error: PAM: User not known to the underlying authentication module for illegal user a from 1.2.3.4 from 6.6.6.6"}) {
    EXPECT_EQ(say(message, "sshd[" + std::to_string(process++) + "]").kind, RecordKind::Login) << message;
    EXPECT_EQ(reader_.client(), "6.6.6.6") << message;
  }
  // Certificates have a name that their owner chose: what cannot be told is nobody's.
  say("Failed publickey for x from 6.6.6.6 port 22 ssh2: RSA-CERT SHA256:a ID z from 1.2.3.4 port 1 ssh2: RSA SHA256:q (serial 0) CA RSA SHA256:b",
      "sshd[99]");
  EXPECT_EQ(reader_.client(), "");
  say("pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=a rhost=1.2.3.4 rhost=6.6.6.6",
      "vsftpd");
  EXPECT_EQ(reader_.client(), "6.6.6.6");
}

TEST_F(AuthLog, CountsSudoOnce) {
  EXPECT_EQ(
      tries(
          {"pam_unix(sudo:auth): authentication failure; logname=bob uid=1000 euid=0 tty=/dev/pts/1 ruser=bob rhost=  user=bob",
           "     bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/echo 1 incorrect"},
          "sudo"),
      3U);
  EXPECT_EQ(reader_.record().account, "bob");
  EXPECT_EQ(
      say("mal : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh", "sudo").failure,
      LoginFailure::Policy);
  EXPECT_EQ(
      say("bob : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/echo : 3 incorrect password attempts", "sudo")
          .kind,
      RecordKind::Other);
}

TEST_F(AuthLog, ReadsPamOfOtherPrograms) {
  const LogRecord& r = say(
      "pam_unix(login:auth): authentication failure; logname= uid=0 euid=0 tty=/dev/tty1 ruser= rhost=  user=bob",
      "login[7]");
  EXPECT_EQ(r.kind, RecordKind::Login);
  EXPECT_EQ(r.account, "bob");
  EXPECT_EQ(
      say("PAM 2 more authentication failures; logname= uid=0 euid=0 tty=/dev/tty1 ruser= rhost=203.0.113.9  user=bob",
          "login[7]")
          .count,
      2U);
  EXPECT_EQ(reader_.client(), "203.0.113.9");
  const LogRecord& lock =
      say("pam_faillock(login:auth): Consecutive login failures for user bob account temporarily locked",
          "login[7]");
  EXPECT_EQ(lock.kind, RecordKind::Account);
  EXPECT_EQ(lock.action, "auth.lock");
  EXPECT_EQ(lock.account, "bob");
}

TEST_F(AuthLog, InfersTheYearFromTheTimeOfReading) {
  const auto time_of = [&](const std::string& time, const std::string& read_at) {
    EXPECT_EQ(reader_.read(time + " host sshd[1]: x", at(read_at)), ParseResult::Ok) << time;
    return *reader_.record().time;
  };
  EXPECT_EQ(time_of("Nov 30 14:17:11", "2026-11-30T14:17:12Z"), at("2026-11-30T14:17:11Z"));
  EXPECT_EQ(time_of("Dec 31 23:59:59", "2027-01-01T00:00:01Z"), at("2026-12-31T23:59:59Z"));
  EXPECT_EQ(time_of("Jan  1 00:00:01", "2026-12-31T23:59:58Z"), at("2027-01-01T00:00:01Z"));
  EXPECT_EQ(time_of("Dec  1 00:00:00", "2026-11-28T00:00:00Z"), at("2025-12-01T00:00:00Z"));
  EXPECT_EQ(time_of("Feb 29 12:00:00", "2026-11-28T00:00:00Z"), at("2024-02-29T12:00:00Z"));
  EXPECT_EQ(reader_.read("Feb 30 12:00:00 host sshd[1]: x"), ParseResult::Time);
  EXPECT_EQ(reader_.read("2026-13-30T14:17:11Z host sshd[1]: x"), ParseResult::Time);
  EXPECT_EQ(reader_.read("nothing of the kind"), ParseResult::Format);
}

TEST_F(AuthLog, ReadsTimesOfRfc3339) {
  reader_.record(
      "2026-11-30T15:17:11.123456+01:00 host sshd-session[5]: Failed password for root from 203.0.113.9 port 1 ssh2");
  EXPECT_EQ(reader_.problem(), "");
  EXPECT_EQ(reader_.record().time, at("2026-11-30T14:17:11.123456Z"));
  EXPECT_EQ(
      reader_
          .record("<38>Nov 30 14:17:11 host sshd[6]: Failed password for root from 203.0.113.9 port 1 ssh2")
          .kind,
      RecordKind::Login);
}

TEST_F(AuthLog, GivesItsMemoryOutAndTakesItBack) {
  say("Failed password for root from 203.0.113.9 port 4711 ssh2");
  Reader after({.type = FormatType::Auth});
  ASSERT_TRUE(after.parser().restore(reader_.parser().state()));
  EXPECT_EQ(after.parser().state(), reader_.parser().state());
  EXPECT_EQ(
      after
          .record(
              "Nov 30 14:17:13 host sshd[123]: Connection closed by authenticating user root 203.0.113.9 port 4711 [preauth]")
          .kind,
      RecordKind::Other);
  for (const char* torn : {"x", "1", "1:", "1:3", "99999999999:1", "1:1  2:1", "-1:1"}) {
    EXPECT_FALSE(after.parser().restore(torn)) << torn;
  }
  for (int process = 0; process < 5000; ++process) {
    say("Failed password for root from 203.0.113.9 port 4711 ssh2", "sshd[" + std::to_string(process) + "]");
  }
  EXPECT_LE(reader_.parser().state().size(), kParserStateMax);
}

}  // namespace
}  // namespace picket::security::test
