// Who may call which route: the table in docs/security.md, held against the program's own account of itself
// (`x-callers` of its OpenAPI document) and against what it does, each route with each kind of caller. Set
// PICKET_UPDATE_DOCUMENTS=1 to have the table written.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/text/strings.h"
#include "tests/e2e/authd/callers.h"

namespace picket::test {
namespace {

using nlohmann::json;

const std::string kOpenConfig =
    "public_url: https://auth.example.org\n" + kRaisedLimits + "forward_auth: {default: public}\n";
constexpr const char* kBegin = "<!-- routes: written by AuthAccessTest -->\n";
constexpr const char* kEnd = "<!-- end of routes -->\n";
constexpr const char* kWrongCaller = "urn:picket:problem:caller-not-allowed";
constexpr const char* kReauthenticate = "urn:picket:problem:reauthentication-required";
constexpr const char* kWrongScope = "nothing:read";

const std::vector<std::string>& columns() {
  static const std::vector<std::string> names{"anonymous", "half_login",    "password_due",  "session",
                                              "api_key",   "program_token", "identity_token"};
  return names;
}

struct RouteRow {
  std::string method, pattern;
  json callers;  ///< null: the daemon's own route, which web.config.yml guards
};

std::vector<RouteRow> routes_of(const AuthDaemon& daemon) {
  const json document = json::parse(daemon.get("/api/v1/openapi.json").body);
  std::vector<RouteRow> rows;
  for (const auto& [pattern, methods] : document.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      rows.push_back({upper, pattern, operation.value("x-callers", json())});
    }
  }
  return rows;
}

std::string table_of(const std::vector<RouteRow>& rows) {
  std::string text =
      "| route | anonymous | half login | password due | session | API key | program token | identity token "
      "|\n|---|---|---|---|---|---|---|---|\n";
  for (const RouteRow& row : rows) {
    text += "| " + row.method + " `" + row.pattern + "` |";
    for (const std::string& column : columns())
      text += " " + (row.callers.is_null() ? "web.config.yml" : row.callers.value(column, "?")) + " |";
    text += "\n";
  }
  return text;
}

std::string read_document() {
  const std::ifstream in(std::string(PICKET_SOURCE_DIR) + "/docs/security.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Writes the table into the document, when that is asked for.
void update_table(const std::string& document, const std::string& table) {
  const std::size_t begin = document.find(kBegin) + std::string(kBegin).size();
  if (std::getenv("PICKET_UPDATE_DOCUMENTS") == nullptr) return;
  std::ofstream(std::string(PICKET_SOURCE_DIR) + "/docs/security.md")
      << document.substr(0, begin) << table << document.substr(document.find(kEnd));
}

/// What became of a request, as far as its caller decides.
enum class Fate : std::uint8_t { Reached, LogIn, WrongCaller, ProveAgain };

Fate fate_at_page(const std::string& location) {
  if (location.starts_with("/auth/login?rd=")) return Fate::LogIn;
  if (location.starts_with("/auth/confirm?rd=")) return Fate::ProveAgain;
  return location == "/auth/enrol" || location == "/auth/password" ? Fate::WrongCaller : Fate::Reached;
}

Fate fate_of(const HttpAnswer& answer, const std::string& path) {
  if (answer.status == 303 && path.starts_with("/auth/") && path != "/auth/login")
    return fate_at_page(answer.header("Location"));
  const json body = json::parse(answer.body, nullptr, false);
  const json problem = body.is_object() ? body : json::object();
  if (problem.value("type", "") == kWrongCaller) return Fate::WrongCaller;
  if (problem.value("type", "") == kReauthenticate) return Fate::ProveAgain;
  const bool is_unknown = answer.status == 401 && problem.value("detail", "") == "Log in first.";
  return is_unknown ? Fate::LogIn : Fate::Reached;
}

const char* name_of(Fate fate) {
  constexpr std::array kNames{"reached", "log in", "wrong caller", "prove again"};
  return kNames.at(static_cast<std::size_t>(fate));
}

class AuthAccessTest : public ::testing::Test {
 protected:
  static std::string filled(std::string pattern) {
    for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{'))
      pattern.replace(at, pattern.find('}') - at + 1, "x");
    return pattern;
  }

  /// A request that an action refuses or that changes nothing, but for logging out.
  HttpAnswer call(const RouteRow& row, HttpHeaders headers) {
    const bool is_form = row.pattern.starts_with("/auth/") || row.pattern.starts_with("/oauth2/");
    std::string body;
    if (row.method != "GET") {
      headers.emplace("Content-Type", is_form ? "application/x-www-form-urlencoded" : "application/json");
      if (!is_form && row.pattern.ends_with("/logout")) body = R"({"refresh_token":"x"})";
    }
    headers.emplace("X-Original-URL", "https://app.example.org/");
    headers.emplace("X-Original-Method", "GET");
    HttpAnswer answer = http_send({.method = row.method,
                                   .url = callers_.daemon().url(filled(row.pattern)),
                                   .headers = std::move(headers),
                                   .body = body});
    if (row.pattern.find("/logout") != std::string::npos) callers_.renew();
    return answer;
  }

  /// Whoever logs out is not the owner.
  static std::string person_for(const RouteRow& row, const std::string& kind) {
    const bool ends_all = row.pattern.find("/logout") != std::string::npos;
    return kind == "session" && ends_all ? "user" : kind;
  }

  void expect_fate(const RouteRow& row, const std::string& kind, const std::string& scope, Fate fate) {
    const HttpAnswer answer = call(row, callers_.of(kind, scope));
    const Fate found = fate_of(answer, row.pattern);
    EXPECT_STREQ(name_of(found), name_of(fate))
        << row.method << " " << row.pattern << " by " << kind << " with " << scope << ": " << answer.status
        << " " << answer.body;
    EXPECT_LT(answer.status, 500) << row.method << " " << row.pattern << " by " << kind;
  }

  /// Of a caller who is somebody.
  void expect_cell(const RouteRow& row, const std::string& kind, const std::string& cell) {
    if (cell.starts_with("scope ")) {
      expect_fate(row, kind, cell.substr(std::string("scope ").size()), Fate::Reached);
      expect_fate(row, kind, kWrongScope, Fate::WrongCaller);
      return;
    }
    const bool is_in = cell == "yes" || cell == "with the password" || cell == "if fresh";
    if (cell == "as a stranger") {
      const HttpAnswer stranger = call(row, {});
      EXPECT_EQ(call(row, callers_.of(person_for(row, kind))).status, stranger.status)
          << row.method << " " << row.pattern << " by " << kind;
      return;
    }
    expect_fate(row, person_for(row, kind), "*", is_in ? Fate::Reached : Fate::WrongCaller);
  }

  Callers callers_{kOpenConfig};
};

TEST_F(AuthAccessTest, TheTableInTheDocumentIsTheRouters) {
  const std::string table = table_of(routes_of(callers_.daemon()));
  const std::string document = read_document();
  update_table(document, table);
  EXPECT_NE(document.find(kBegin + table + kEnd), std::string::npos)
      << "docs/security.md does not hold this table; PICKET_UPDATE_DOCUMENTS=1 writes it:\n"
      << table;
  for (const RouteRow& row : routes_of(callers_.daemon())) {
    constexpr std::array kOfEveryDaemon{"/", "/favicon.ico", "/metrics"};
    const bool is_daemons = row.pattern.starts_with("/-/") ||
                            std::ranges::find(kOfEveryDaemon, row.pattern) != kOfEveryDaemon.end();
    EXPECT_EQ(row.callers.is_null(), is_daemons) << row.pattern << " declares nobody";
  }
}

TEST_F(AuthAccessTest, EveryRouteAdmitsWhomItDeclaresAndNobodyElse) {
  for (const RouteRow& row : routes_of(callers_.daemon())) {
    if (row.callers.is_null()) continue;
    const bool is_open = row.callers.at("anonymous") == "yes";
    for (const std::string& column : columns()) {
      const std::string cell = row.callers.at(column);
      const bool is_stranger = column == "anonymous" || column == "identity_token";
      if (is_stranger && !is_open) {
        expect_fate(row, column, "*", Fate::LogIn);
      } else if (column != "anonymous") {
        expect_cell(row, column, cell);
      }
    }
  }
}

TEST_F(AuthAccessTest, NoKeyAndNoProgramChangesAPassword) {
  for (const char* kind : {"api_key", "program_token"}) {
    HttpHeaders headers = callers_.of(kind);
    headers.emplace("Content-Type", "application/json");
    for (const char* current : {kPassword, kOther}) {
      const HttpAnswer answer =
          http_post(callers_.daemon().url("/api/v1/auth/password"),
                    json{{"current_password", current}, {"new_password", kOther}}.dump(), headers);
      EXPECT_EQ(answer.status, 403) << kind << answer.body;
    }
    headers = callers_.of(kind);
    headers.emplace("Content-Type", "application/x-www-form-urlencoded");
    const HttpAnswer page =
        http_post(callers_.daemon().url("/auth/account/password"), "current=a&next=b", headers);
    EXPECT_EQ(page.status, 403) << kind << page.body;
  }
  EXPECT_EQ(http_get(callers_.daemon().url("/-/healthy")).status, 200);
}

/// What a route that asks for the password is sent.
std::string body_with(const std::string& pattern, const std::string& password) {
  if (pattern == "/api/v1/auth/password")
    return json{{"current_password", password}, {"new_password", kOther}}.dump();
  if (pattern == "/auth/account/password") return "next=" + std::string(kOther) + "&current=" + password;
  if (pattern == "/auth/phone/sms") return "on=1&confirm=" + password;
  if (pattern == "/auth/phone") return "phone=%2B14155550100&password=" + password;
  if (pattern == "/auth/enrol") return "password=" + password;
  json body{{"password", password}};
  if (!pattern.ends_with("/backup-codes")) body["method"] = "totp";
  return body.dump();
}

bool is_refused(const HttpAnswer& answer) {
  return answer.status >= 400 || answer.body.find("password is not right") != std::string::npos;
}

TEST_F(AuthAccessTest, WhatAsksForThePasswordTakesNoOther) {
  const std::string user = callers_.of("user").find("Authorization")->second.substr(7);
  const HttpAnswer before = callers_.daemon().get("/api/v1/auth/me", user);
  int asked = 0;
  for (const RouteRow& row : routes_of(callers_.daemon())) {
    if (row.callers.is_null() || row.callers.at("session") != "with the password") continue;
    ++asked;
    for (const char* password : {"", "x", kOther}) {
      callers_.daemon().authctl({"user", "unlock", "uwe"});
      HttpHeaders headers = callers_.of("user");
      const bool is_form = row.pattern.starts_with("/auth/");
      headers.emplace("Content-Type", is_form ? "application/x-www-form-urlencoded" : "application/json");
      const HttpAnswer answer =
          http_post(callers_.daemon().url(row.pattern), body_with(row.pattern, password), headers);
      EXPECT_TRUE(is_refused(answer))
          << row.pattern << " with \"" << password << "\": " << answer.status << " " << answer.body;
    }
  }
  EXPECT_EQ(asked, 8);
  EXPECT_EQ(callers_.daemon().get("/api/v1/auth/me", user).body, before.body) << "nothing was changed";
  callers_.daemon().authctl({"user", "unlock", "uwe"});
  EXPECT_EQ(
      callers_.daemon().post("/api/v1/auth/2fa/setup", json::parse(body_with("", kPassword)), user).status,
      200)
      << "the right one is taken";
}

TEST_F(AuthAccessTest, WhatAsksForAFreshProofAsksEverySessionWhoseProofIsOld) {
  callers_.age();
  int fresh = 0;
  for (const RouteRow& row : routes_of(callers_.daemon())) {
    if (row.callers.is_null()) continue;
    const std::string cell = row.callers.at("session");
    if (cell == "as a stranger") continue;
    const bool needs = cell == "if fresh";
    fresh += needs ? 1 : 0;
    expect_fate(row, needs ? "session" : person_for(row, "session"), "*",
                needs ? Fate::ProveAgain : Fate::Reached);
  }
  EXPECT_GE(fresh, 4);
}

}  // namespace
}  // namespace picket::test
