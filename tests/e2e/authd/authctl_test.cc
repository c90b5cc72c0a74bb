// Every command of authctl against a real authd: on the store of one that runs, and through its API. Both
// ways do the same and say the same, but where the API does less on purpose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/text/strings.h"
#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/certificates.h"
#include "tests/support/nginx_server.h"
#include "tests/support/smtp_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Words = std::vector<std::string>;

enum class Way : std::uint8_t { Store, Url };

class AuthctlBothWays : public ::testing::Test {
 protected:
  AuthctlBothWays() {
    daemon_.create_user("root", "owner", kPassword);
    root_ = daemon_.login("root", kPassword);
    daemon_.enrol(root_, kPassword);
    token_file_ = files_.write("token", root_.at("access_token").get<std::string>() + "\n");
  }
  Finished over_url(const std::string& url, const Words& words) const {
    Words argv{std::string(PICKET_BIN_DIR) + "/authctl", "--url", url, "--token-file", token_file_};
    argv.insert(argv.end(), words.begin(), words.end());
    return run_to_end({.argv = std::move(argv), .env = {}, .cwd = {}, .stdin_text = {}});
  }
  Finished run(Way way, const Words& words) {
    return way == Way::Store ? daemon_.authctl(words) : over_url(daemon_.url(""), words);
  }
  /// Fails unless it is done.
  std::string done(Way way, const Words& words) {
    const Finished said = run(way, words);
    EXPECT_EQ(said.exit_code, 0) << join(words, " ") << ": " << said.errors << daemon_.log();
    return said.output;
  }
  json shown(const std::string& name) {
    return json::parse(done(Way::Url, {"user", "show", name, "--format", "json"}));
  }
  int me(const json& tokens) const {
    return daemon_.get("/api/v1/auth/me", tokens.at("access_token")).status;
  }
  /// The link in the newest mail to that address.
  std::string mailed_link(const std::string& address) const {
    std::string link;
    wait_until(seconds(10), [&] {
      for (const Mail& mail : smtp_.mails()) {
        const std::size_t at = mail.text.find("https://auth.example.org/auth/reset?token=");
        if (mail.to.front() != address || at == std::string::npos) continue;
        link = mail.text.substr(at, mail.text.find_first_of(" \r\n", at) - at);
      }
      return !link.empty();
    });
    return link;
  }
  int set_password(const std::string& link, const std::string& password) const {
    const std::string token(trim(link.substr(link.find('=') + 1)));
    return daemon_.post("/api/v1/auth/password/reset", {{"token", token}, {"new_password", password}}).status;
  }

  const TempDir files_;
  SmtpServer smtp_;
  AuthDaemon daemon_{AuthDaemonOptions{.config = kRaisedLimits +
                                                 "public_url: https://auth.example.org\n"
                                                 "mail: {from: auth@example.org, smtp: {smarthost: \"" +
                                                 smtp_.target() + "\", require_tls: false}}\n"}};
  json root_;
  std::string token_file_;
};

class AuthctlTest : public AuthctlBothWays, public testing::WithParamInterface<Way> {
 protected:
  Finished run(const Words& words) { return AuthctlBothWays::run(GetParam(), words); }
  std::string done(const Words& words) { return AuthctlBothWays::done(GetParam(), words); }
};

TEST_P(AuthctlTest, MakesShowsAndListsAccounts) {
  done({"user", "create", "--username", "ann", "--email", "ann@example.org", "--role", "manager", "--phone",
        "+14155550100", "--invite"});
  for (const char* name : {"ann", "ANN@example.org"}) {
    const json ann = json::parse(done({"user", "show", name, "--format", "json"}));
    EXPECT_EQ(ann.at("username"), "ann");
    EXPECT_EQ(ann.at("email"), "ann@example.org");
    EXPECT_EQ(ann.at("phone"), "+14155550100");
    EXPECT_EQ(ann.at("role"), "manager");
    EXPECT_EQ(ann.at("status"), "active");
    EXPECT_EQ(ann.at("has_second_factor"), false);
    EXPECT_NE(ann.at("created_at"), "");
    EXPECT_EQ(json::parse(done({"user", "show", ann.at("id"), "--format", "json"})), ann);
  }
  EXPECT_THAT(done({"user", "list"}), AllOf(HasSubstr("ann"), HasSubstr("root")));
  EXPECT_THAT(done({"user", "list", "--role", "manager"}), AllOf(HasSubstr("ann"), Not(HasSubstr("root"))));
  EXPECT_THAT(done({"user", "list", "--status", "suspended"}), Not(HasSubstr("ann")));
}

TEST_P(AuthctlTest, SuspendsAndActivatesAtOnce) {
  daemon_.create_user("ann", "user", kPassword);
  const json ann = daemon_.login("ann", kPassword);
  EXPECT_THAT(done({"user", "suspend", "ann"}), HasSubstr("suspended"));
  EXPECT_TRUE(wait_until(seconds(5), [&] { return me(ann) == 401; }));
  EXPECT_THAT(done({"user", "activate", "ann"}), HasSubstr("active"));
  EXPECT_EQ(me(daemon_.login("ann", kPassword)), 200);
}

TEST_P(AuthctlTest, UnlocksWhoFailedTooOften) {
  daemon_.create_user("ann", "user", kPassword);
  const auto login = [&](const char* password) {
    return daemon_.post("/api/v1/auth/login", {{"username", "ann"}, {"password", password}}).status;
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(login(kOther), 401);
  EXPECT_EQ(login(kPassword), 401);
  EXPECT_THAT(done({"user", "unlock", "ann"}), HasSubstr("ann@example.org"));
  EXPECT_EQ(login(kPassword), 200);
}

TEST_P(AuthctlTest, TakesSecondFactorsAway) {
  daemon_.create_user("ann", "user", kPassword);
  json ann = daemon_.login("ann", kPassword);
  daemon_.enrol(ann, kPassword);
  EXPECT_EQ(shown("ann").at("has_second_factor"), true);
  EXPECT_THAT(done({"user", "reset-2fa", "ann"}), HasSubstr("ann"));
  EXPECT_EQ(shown("ann").at("has_second_factor"), false);
  EXPECT_TRUE(wait_until(seconds(5), [&] { return me(ann) == 401; }));
}

TEST_P(AuthctlTest, BlocksNetworksAndOpensThem) {
  EXPECT_THAT(done({"block", "list"}), Not(HasSubstr("198.51.100.0/24")));
  done({"block", "add", "198.51.100.77/24", "--for", "2h", "--reason", "a flood", "--sessions"});
  const auto row = [&]() -> json {
    for (const json& one : json::parse(done({"block", "list", "--format", "json"})))
      if (one.at("prefix") == "198.51.100.0/24") return one;
    return nullptr;
  };
  const json blocked = row();
  ASSERT_FALSE(blocked.is_null());
  EXPECT_EQ(blocked.at("reason"), "a flood");
  EXPECT_EQ(blocked.at("sessions"), true);
  const std::string root = root_.at("access_token");
  const auto at_the_daemon = [&] {
    return json::parse(daemon_.get("/api/v1/blocks", root).body).at("blocks").size();
  };
  EXPECT_TRUE(wait_until(seconds(5), [&] { return at_the_daemon() == 1; }));
  done({"block", "add", "198.51.100.0/24", "--for", "1h"});
  EXPECT_LT(row().at("until"), blocked.at("until")) << "as it was asked for";
  EXPECT_TRUE(wait_until(seconds(5), [&] {
    const json list = json::parse(daemon_.get("/api/v1/blocks", root).body).at("blocks");
    return list.size() == 1 && list.at(0).at("until") < blocked.at("until");
  }));
  done({"block", "remove", "198.51.100.0/24"});
  EXPECT_TRUE(wait_until(seconds(5), [&] { return at_the_daemon() == 0; }));
  EXPECT_TRUE(row().is_null());
  EXPECT_EQ(run({"block", "remove", "198.51.100.0/24"}).exit_code, 1) << "it was not blocked";
  for (const Words& bad : {Words{"block", "add", "0.0.0.0/0"}, Words{"block", "add", "nonsense"},
                           Words{"block", "add", "198.51.100.0/24", "--for", "soon"},
                           Words{"block", "add", "198.51.100.0/24", "--for", "0s"},
                           Words{"block", "add", "198.51.100.0/24", "--for", "20y"},
                           Words{"block", "add", "198.51.100.0/24", "--for", "290y"}})
    EXPECT_EQ(run(bad).exit_code, 1) << join(bad, " ");
}

TEST_P(AuthctlTest, GivesRoles) {
  daemon_.create_user("ann", "user", kPassword);
  EXPECT_THAT(done({"user", "role", "ann", "admin"}), HasSubstr("admin"));
  EXPECT_EQ(shown("ann").at("role"), "admin");
  EXPECT_EQ(run({"user", "role", "ann", "king"}).exit_code, 1);
  EXPECT_EQ(run({"user", "role", "root", "user"}).exit_code, 1) << "the last owner";
  EXPECT_EQ(shown("root").at("role"), "owner");
}

TEST_P(AuthctlTest, DeletesAccounts) {
  daemon_.create_user("ann", "user", kPassword);
  const json ann = daemon_.login("ann", kPassword);
  done({"user", "delete", "ann"});
  EXPECT_EQ(run({"user", "show", "ann"}).exit_code, 1);
  EXPECT_TRUE(wait_until(seconds(5), [&] { return me(ann) == 401; }));
}

TEST_P(AuthctlTest, ListsAndEndsSessions) {
  daemon_.create_user("ann", "user", kPassword);
  const json ann = daemon_.login("ann", kPassword);
  const std::string ann_id = shown("ann").at("id");
  const auto sessions = [&](const Words& of) {
    Words words{"sessions", "list", "--format", "json"};
    words.insert(words.end(), of.begin(), of.end());
    return json::parse(done(words));
  };
  const json hers = sessions({"--user", "ann"});
  ASSERT_EQ(hers.size(), 1U) << hers;
  EXPECT_EQ(hers.at(0).at("user_id"), ann_id);
  EXPECT_EQ(hers.at(0).at("ip"), "127.0.0.1");
  EXPECT_NE(hers.at(0).at("created_at"), "");
  EXPECT_GE(sessions({}).size(), 2U) << "of everybody";
  EXPECT_THAT(done({"sessions", "list"}), HasSubstr(ann_id));
  const std::string id = hers.at(0).at("id");
  done({"sessions", "end", id});
  EXPECT_TRUE(wait_until(seconds(5), [&] { return me(ann) == 401; }));
  EXPECT_EQ(sessions({"--user", "ann"}).size(), 0U);
  EXPECT_EQ(run({"sessions", "end", "nothing-of-that-id"}).exit_code, 1);
}

TEST_P(AuthctlTest, SaysWhatCannotBe) {
  daemon_.create_user("ann", "user", kPassword);
  const auto create = [](const std::string& name, const std::string& email, const std::string& role) {
    return Words{"user", "create", "--username", name, "--email", email, "--role", role, "--invite"};
  };
  const std::pair<Words, std::string> rows[] = {
      {create("ANN", "x@example.org", "user"), "taken"},
      {create("bob", "ann@example.org", "user"), "taken"},
      {create("a@b", "x@example.org", "user"), "username"},
      {create("bob", "x", "user"), "email"},
      {create("bob", "x@example.org", "king"), "role"},
      {{"user", "show", "nobody"}, "there is no user \"nobody\""},
      {{"user", "list", "--role", "king"}, "role"},
      {{"user", "delete", "root"}, "owner"},
  };
  for (const auto& [words, said] : rows) {
    const Finished refused = run(words);
    EXPECT_EQ(refused.exit_code, 1) << join(words, " ") << refused.output;
    EXPECT_THAT(refused.errors, HasSubstr(said)) << join(words, " ");
  }
}

TEST_P(AuthctlTest, NotesWhatItDoesInTheAuditLog) {
  daemon_.create_user("ann", "user", kPassword);
  for (const char* act : {"suspend", "activate", "unlock", "reset-2fa", "delete"}) done({"user", act, "ann"});
  const json events =
      json::parse(daemon_.get("/api/v1/audit?limit=50", root_.at("access_token")).body).at("events");
  for (const char* action : {"users.suspend", "users.activate", "users.unlock", "users.delete"}) {
    EXPECT_TRUE(std::ranges::any_of(events, [&](const json& event) {
      return event.at("action") == action && event.at("result") == "success";
    })) << action;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, AuthctlTest, testing::Values(Way::Store, Way::Url),
                         [](const auto& way) { return way.param == Way::Store ? "Store" : "Url"; });

TEST_F(AuthctlBothWays, APasswordLinkIsPrintedOnTheStoreAndMailedByTheDaemon) {
  daemon_.create_user("ann", "user", kPassword);
  const Finished printed =
      daemon_.authctl({"--config.file", daemon_.folder() + "/authd.yml", "user", "password-link", "ann"});
  EXPECT_EQ(printed.exit_code, 0) << printed.errors;
  EXPECT_EQ(set_password(printed.output, kOther), 204) << printed.output;
  const Finished sent = run(Way::Url, {"user", "password-link", "ann"});
  EXPECT_EQ(sent.exit_code, 0) << sent.errors;
  EXPECT_EQ(sent.output, "") << "nobody but its receiver sees it";
  EXPECT_THAT(sent.errors, HasSubstr("authd mails ann@example.org a link"));
  EXPECT_EQ(set_password(mailed_link("ann@example.org"), kPassword), 204);
  EXPECT_EQ(me(daemon_.login("ann", kPassword)), 200);
}

TEST_F(AuthctlBothWays, ThroughADaemonNobodySetsAnothersPassword) {
  const Words create{"user", "create", "--username", "ann", "--email", "ann@example.org", "--role", "user"};
  Words typed = create;
  typed.emplace_back("--password-stdin");
  const Finished refused = run(Way::Url, typed);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("nobody sets another's password"));
  const Finished made = run(Way::Url, create);
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.errors, AllOf(HasSubstr("made user ann"), HasSubstr("mails ann@example.org a link")));
  EXPECT_EQ(set_password(mailed_link("ann@example.org"), kPassword), 204);
  EXPECT_EQ(me(daemon_.login("ann", kPassword)), 200);
}

TEST_F(AuthctlBothWays, ADaemonWithoutAMailServerSaysThatNoLinkWillCome) {
  daemon_.stop();
  daemon_.write("authd.yml", kRaisedLimits + "public_url: https://auth.example.org\n");
  daemon_.start();
  daemon_.create_user("ann", "user", kPassword);
  const Finished sent = run(Way::Url, {"user", "password-link", "ann"});
  EXPECT_EQ(sent.exit_code, 1);
  EXPECT_THAT(sent.errors, HasSubstr("No mail server is set up here"));
  const Finished made =
      run(Way::Url, {"user", "create", "--username", "bob", "--email", "bob@example.org", "--role", "user"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.errors, AllOf(HasSubstr("made user bob"), HasSubstr("mailed no link"),
                                 HasSubstr("user password-link bob")));
}

TEST_F(AuthctlBothWays, EveryPageOfALongListIsAskedFor) {
  std::string rows = "username,email\n";
  for (int i = 0; i < 600; ++i) rows += fmt::format("person{0},person{0}@example.org\n", i);
  done(Way::Store, {"import", "--format", "csv", files_.write("people.csv", rows)});
  EXPECT_EQ(json::parse(done(Way::Url, {"user", "list", "--format", "json"})).size(), 601U);
  EXPECT_EQ(json::parse(done(Way::Store, {"user", "list", "--format", "json"})).size(), 601U);
}

TEST_F(AuthctlBothWays, ATokenThatIsWorthNothingOrTooLittleIsSaidSo) {
  daemon_.create_user("ann", "user", kPassword);
  token_file_ = files_.write("ann", daemon_.login("ann", kPassword).at("access_token").get<std::string>());
  const Finished denied = run(Way::Url, {"user", "list"});
  EXPECT_EQ(denied.exit_code, 1);
  EXPECT_THAT(denied.errors, HasSubstr("authd answered 403"));
  token_file_ = files_.write("nobody", "pak_nothing");
  const Finished unknown = run(Way::Url, {"user", "list"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.errors,
              AllOf(HasSubstr("is the token of --token-file still good?"), Not(HasSubstr("pak_nothing"))));
}

TEST_F(AuthctlBothWays, ADaemonBehindTlsIsBelievedByTheCertificatesOfCaFile) {
  Certificates certificates;
  const auto tls = certificates.server();
  const NginxServer nginx(
      fmt::format("server {{ listen 127.0.0.1:@PORT@ ssl; ssl_certificate {}; ssl_certificate_key {};\n"
                  "  location / {{ proxy_pass http://127.0.0.1:{}; proxy_set_header Host $http_host; }} }}",
                  tls.cert, tls.key, daemon_.port()));
  const std::string url = fmt::format("https://127.0.0.1:{}", nginx.port());
  EXPECT_EQ(over_url(url, {"user", "list"}).exit_code, 1);
  const Finished said = over_url(url, {"--ca-file", certificates.ca_file(), "user", "list"});
  EXPECT_EQ(said.exit_code, 0) << said.errors;
  EXPECT_THAT(said.output, HasSubstr("root"));
}

TEST_F(AuthctlBothWays, EverythingElseWorksOnTheStoreOfARunningDaemonAndSaysSo) {
  const std::string people = files_.write("people.csv", "username,email\nann,ann@example.org\n");
  const std::string config = daemon_.folder() + "/authd.yml";
  const Words rows[] = {
      {"keys", "list"},
      {"keys", "rotate"},
      {"crypto", "add-key"},
      {"crypto", "rotate"},
      {"crypto", "verify"},
      {"crypto", "accept-keys"},
      {"audit", "verify"},
      {"audit", "accept"},
      {"audit", "export"},
      {"audit", "query", "--limit", "5"},
      {"import", "--format", "csv", people},
      {"kdf", "calibrate", "--target", "5ms", "--memory-max", "19MiB"},
      {"limits", "explain", "--config.file", config, "--ip", "192.0.2.1", "--path", "/api/v1/auth/login"},
  };
  for (const Words& words : rows) {
    done(Way::Store, words);
    const Finished refused = run(Way::Url, words);
    EXPECT_EQ(refused.exit_code, 2) << join(words, " ");
    EXPECT_THAT(refused.errors, HasSubstr("works on the store")) << join(words, " ");
  }
  EXPECT_EQ(me(root_), 200);
}

}  // namespace
}  // namespace picket::test
