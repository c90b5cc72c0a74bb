#include "exporters/security/posture/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text/escape.h"
#include "base/text/strings.h"
#include "exporters/security/posture/exposure.h"
#include "exporters/security/posture/verdicts.h"

namespace picket::security {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{std::chrono::seconds(1767614400)};

PageSeen page(int status, std::string body, Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body), .error = ""};
}

CertificateFacts certificate(const std::string& subject, const std::string& issuer) {
  CertificateFacts facts;
  facts.subject = subject;
  facts.issuer = issuer;
  facts.fingerprint_sha256 = subject;
  facts.alternative_names = {"a.example"};
  facts.not_before = kNow - 24h;
  facts.not_after = kNow + 24h * 60;
  facts.key_algorithm = "EC";
  facts.key_bits = 256;
  facts.signature_algorithm = "ecdsa-with-SHA256";
  return facts;
}

/// A target without a finding.
Observation sound() {
  Observation seen;
  seen.at = kNow;
  seen.host = "a.example";
  seen.tls.accepted = {false, false, false, true, true};
  seen.tls.weak_complete = true;
  seen.tls.compression = false;
  seen.tls.secure_renegotiation = true;
  seen.certificates.emplace();
  seen.certificates->verified = true;
  seen.certificates->served = {certificate("CN=a", "CN=mid"), certificate("CN=mid", "CN=root")};
  seen.certificates->verified_chain = {certificate("CN=a", "CN=mid"), certificate("CN=mid", "CN=root"),
                                       certificate("CN=root", "CN=root")};
  seen.page = page(200, "<html>hello</html>",
                   {{"Content-Type", "text/html"},
                    {"Server", "nginx"},
                    {"Strict-Transport-Security", "max-age=63072000"},
                    {"Content-Security-Policy",
                     "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"},
                    {"X-Content-Type-Options", "nosniff"},
                    {"Referrer-Policy", "no-referrer"},
                    {"Permissions-Policy", "camera=()"},
                    {"Cross-Origin-Opener-Policy", "same-origin"}});
  seen.set_cookies = {"__Host-sid=1; Secure; HttpOnly; SameSite=Lax; Path=/"};
  seen.plain_http = page(301, "", {{"Location", "https://a.example/"}});
  seen.cross_origin = page(200, "");
  seen.foreign_origin = "https://foreign.invalid";
  seen.nowhere = page(404, "no such page");
  for (const ProbedPath& path : probed_paths()) seen.paths.push_back({std::string(path.path), page(404, "")});
  return seen;
}

ScanConfig config() {
  ScanConfig scan;
  scan.target = "https://a.example:443";
  return scan;
}

std::set<std::string> failed(const ScanResult& result) {
  std::set<std::string> ids;
  for (const CheckResult& check : result.checks) {
    if (check.outcome == Outcome::Fail) ids.emplace(check.check->id);
  }
  return ids;
}

Outcome outcome_of(const Observation& seen, std::string_view id) {
  return judge(seen, config()).find(id)->outcome;
}

TEST(Judge, ShowsWhatAStrangerSentAsText) {
  const std::string hostile = "\xe0=\x8a;\xe0";
  Observation seen = sound();
  for (const char* name : {"Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options",
                           "Server", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"})
    seen.page.headers.set(name, hostile);
  seen.set_cookies = {hostile, hostile + "=x"};
  seen.plain_http = page(301, hostile, {{"Location", hostile}});
  for (const CheckResult& result : judge(seen, ScanConfig{}).checks) {
    EXPECT_TRUE(is_valid_utf8(result.seen)) << result.check->id << " " << result.seen;
    EXPECT_TRUE(std::ranges::none_of(result.seen, is_control)) << result.check->id;
  }
}

TEST(Judge, FindsNothingInASoundTarget) {
  const ScanResult result = judge(sound(), config());
  EXPECT_EQ(failed(result), std::set<std::string>{});
  EXPECT_EQ(result.score, 1.0);
  EXPECT_EQ(result.checks.size(), checks().size());
  EXPECT_EQ(result.protocols.size(), 5U);
  EXPECT_EQ(result.trusted, true);
  ASSERT_EQ(result.headers.size(), 7U);
  for (const HeaderVerdict& header : result.headers) {
    EXPECT_EQ(header.compliant, true) << header.header;
    EXPECT_EQ(header.present, header.header != "x-frame-options") << header.header;
  }
  for (const CheckResult& check : result.checks)
    EXPECT_NE(check.outcome, Outcome::NotKnown) << check.check->id;
}

TEST(Judge, SaysOneThingOfAChainInTheCheckAndTheMetric) {
  using enum CertificateFault;
  for (const CertificateFault fault : {WrongName, Time, IssuerMissing, SelfSigned, Other}) {
    Observation seen = sound();
    seen.certificates->faults = {fault};
    const ScanResult result = judge(seen, config());
    EXPECT_EQ(result.trusted, result.find("cert-trusted")->outcome == Outcome::Pass)
        << static_cast<int>(fault);
    EXPECT_EQ(result.trusted, fault == WrongName);
  }
}

using Change = void (*)(Observation&);
struct Fault {
  Change change;
  std::set<std::string> failed;
};

void set_header(Observation& seen, const char* name, const char* value) {
  seen.page.headers.set(name, value);
}

const Fault kFaults[] = {
    {[](Observation& o) { o.tls.accepted[0] = true; }, {"tls-old-versions"}},
    {[](Observation& o) { o.tls.accepted[4] = false; }, {"tls-1-3"}},
    {[](Observation& o) { o.tls.weak = {0x0005}; }, {"tls-weak-ciphers"}},
    {[](Observation& o) { o.tls.dh_bits = 1024; }, {"tls-dh-size"}},
    {[](Observation& o) { o.tls.compression = true; }, {"tls-compression"}},
    {[](Observation& o) { o.tls.secure_renegotiation = false; }, {"tls-renegotiation"}},
    {[](Observation& o) { o.certificates->faults = {CertificateFault::WrongName}; }, {"cert-name"}},
    {[](Observation& o) { o.certificates->faults = {CertificateFault::SelfSigned}; }, {"cert-trusted"}},
    {[](Observation& o) { o.certificates->faults = {CertificateFault::Time}; }, {"cert-trusted"}},
    {[](Observation& o) {
       o.certificates->faults = {CertificateFault::IssuerMissing};
       o.certificates->served.pop_back();
     },
     {"cert-trusted", "cert-chain"}},
    {[](Observation& o) { o.certificates->served.pop_back(); }, {"cert-chain"}},
    {[](Observation& o) {
       o.certificates->served.insert(o.certificates->served.begin() + 1, certificate("CN=other", "CN=mid"));
     },
     {"cert-chain"}},
    {[](Observation& o) { o.certificates->served[1].not_after = kNow - 1s; }, {"cert-expiry"}},
    {[](Observation& o) { o.certificates->served[0].not_before = kNow + 1s; }, {"cert-expiry"}},
    {[](Observation& o) { o.certificates->served[0].not_after = kNow + 24h; }, {"cert-expiry"}},
    {[](Observation& o) {
       o.certificates->served[0].key_algorithm = "RSA";
       o.certificates->served[0].key_bits = 1024;
     },
     {"cert-key-size"}},
    {[](Observation& o) { o.certificates->served[1].signature_algorithm = "sha1WithRSAEncryption"; },
     {"cert-signature"}},
    {[](Observation& o) { o.page.headers.remove("Strict-Transport-Security"); }, {"header-hsts"}},
    {[](Observation& o) { set_header(o, "Strict-Transport-Security", "max-age=86400"); }, {"header-hsts"}},
    {[](Observation& o) { set_header(o, "X-Content-Type-Options", "no-sniff"); }, {"header-nosniff"}},
    {[](Observation& o) { o.page.headers.remove("Content-Security-Policy"); },
     {"header-csp", "header-frame"}},
    {[](Observation& o) {
       set_header(o, "Content-Security-Policy", "default-src 'self'; base-uri 'none'; frame-ancestors *");
       set_header(o, "X-Frame-Options", "DENY");
     },
     {"header-frame"}},
    {[](Observation& o) { set_header(o, "Referrer-Policy", "unsafe-url"); }, {"header-referrer"}},
    {[](Observation& o) { set_header(o, "Permissions-Policy", "camera=*"); }, {"header-permissions"}},
    {[](Observation& o) { set_header(o, "Cross-Origin-Opener-Policy", "unsafe-none"); }, {"header-coop"}},
    {[](Observation& o) { set_header(o, "Server", "nginx/1.22.1"); }, {"header-version"}},
    {[](Observation& o) { o.page.headers.add("X-Powered-By", "PHP/8.2"); }, {"header-version"}},
    {[](Observation& o) { o.page.headers.add("Referrer-Policy", "no-referrer"); }, {"header-duplicates"}},
    {[](Observation& o) { o.set_cookies = {"a=1; HttpOnly; SameSite=Lax"}; }, {"cookie-secure"}},
    {[](Observation& o) { o.set_cookies = {"a=1; Secure; SameSite=Lax"}; }, {"cookie-httponly"}},
    {[](Observation& o) { o.set_cookies = {"csrf=1; Secure; SameSite=Lax"}; }, {}},
    {[](Observation& o) { o.set_cookies = {"a=1; Secure; HttpOnly"}; }, {"cookie-samesite"}},
    {[](Observation& o) { o.set_cookies = {"a=1; HttpOnly; SameSite=None"}; },
     {"cookie-secure", "cookie-samesite"}},
    {[](Observation& o) { o.set_cookies = {"__Host-a=1; Secure; HttpOnly; SameSite=Lax"}; },
     {"cookie-prefix"}},
    {[](Observation& o) { o.set_cookies = {"a=; Max-Age=0"}; }, {}},
    {[](Observation& o) { o.plain_http = page(200, "hello"); }, {"http-redirect"}},
    {[](Observation& o) {
       o.plain_http = page(302, "", {{"Location", "https://a.example/"}});
     },
     {"http-redirect"}},
    {[](Observation& o) {
       o.plain_http = page(301, "", {{"Location", "http://a.example/x"}});
     },
     {"http-redirect"}},
    {[](Observation& o) {
       o.plain_http = page(301, "", {{"Location", "https://www.a.example/"}});
     },
     {"http-redirect"}},
    {[](Observation& o) { o.plain_http = page(403, ""); }, {}},
    {[](Observation& o) {
       o.cross_origin.headers.add("Access-Control-Allow-Origin", "https://foreign.invalid");
       o.cross_origin.headers.add("Access-Control-Allow-Credentials", "true");
     },
     {"cors"}},
    {[](Observation& o) { o.cross_origin.headers.add("Access-Control-Allow-Origin", "*"); }, {}},
    {[](Observation& o) { o.page.body = "<html><head><title>Index of /</title>"; }, {"exposed-directory"}},
    {[](Observation& o) { o.paths[2].page = page(200, "ref: refs/heads/main\n"); }, {"exposed-git"}},
};

TEST(Judge, NamesEachFaultAlone) {
  int row = 0;
  for (const Fault& fault : kFaults) {
    Observation seen = sound();
    fault.change(seen);
    const ScanResult result = judge(seen, config());
    EXPECT_EQ(failed(result), fault.failed) << "row " << row;
    if (!fault.failed.empty()) {
      EXPECT_LT(result.score.value(), 1.0) << "row " << row;
    }
    ++row;
  }
}

TEST(Judge, DoesNotTakeSilenceForAnAnswer) {
  Observation seen = sound();
  seen.tls.accepted[0] = std::nullopt;
  seen.tls.weak_complete = false;
  seen.paths[0].page = {.status = 0, .headers = {}, .body = "", .error = "no answer in time"};
  seen.cross_origin = {.status = 0, .headers = {}, .body = "", .error = "no answer in time"};
  const ScanResult result = judge(seen, config());
  for (const char* id : {"tls-old-versions", "tls-weak-ciphers", "exposed-metrics", "cors"})
    EXPECT_EQ(result.find(id)->outcome, Outcome::NotKnown) << id;
  EXPECT_EQ(result.protocols.size(), 4U);
  EXPECT_FALSE(result.weak_ciphers.has_value());
  EXPECT_EQ(result.score, 1.0);  // of what is known
}

TEST(Judge, LeavesOutWhatMeansNothing) {
  Observation json = sound();
  json.page = page(200, "{}", {{"Content-Type", "application/json"}});
  EXPECT_EQ(outcome_of(json, "header-csp"), Outcome::NotApplicable);
  EXPECT_EQ(outcome_of(json, "header-nosniff"), Outcome::Fail);
  Observation moved = sound();
  moved.page = page(302, "", {{"Location", "https://b.example/"}});
  EXPECT_EQ(outcome_of(moved, "header-csp"), Outcome::NotApplicable);
  EXPECT_EQ(outcome_of(moved, "header-nosniff"), Outcome::NotApplicable);
  EXPECT_EQ(outcome_of(moved, "header-hsts"), Outcome::Fail);
  Observation broken = sound();
  broken.page = page(503, "");
  EXPECT_EQ(outcome_of(broken, "header-csp"), Outcome::NotKnown);
  EXPECT_EQ(outcome_of(broken, "cookie-secure"), Outcome::NotKnown);
  Observation plain = sound();
  plain.https = false;
  plain.certificates.reset();
  EXPECT_EQ(outcome_of(plain, "https"), Outcome::Fail);
  EXPECT_EQ(outcome_of(plain, "tls-1-3"), Outcome::NotApplicable);
  EXPECT_EQ(outcome_of(plain, "cert-name"), Outcome::NotApplicable);
  plain.loopback = true;
  EXPECT_EQ(outcome_of(plain, "https"), Outcome::NotApplicable);
  Observation silent = sound();
  silent.plain_http = PageSeen{.status = 0, .headers = {}, .body = "", .error = "refused", .refused = true};
  EXPECT_EQ(outcome_of(silent, "http-redirect"), Outcome::NotApplicable);
}

TEST(Judge, LetsAnExpectedFindingPass) {
  Observation seen = sound();
  seen.tls.accepted[1] = true;
  ScanConfig scan = config();
  scan.expect = {{"tls-old-versions", "old terminals until May"}};
  const ScanResult result = judge(seen, scan);
  EXPECT_EQ(result.find("tls-old-versions")->outcome, Outcome::NotApplicable);
  EXPECT_EQ(result.find("tls-old-versions")->seen, "expected: old terminals until May");
  EXPECT_EQ(result.score, 1.0);
}

TEST(Judge, WeighsByGravity) {
  std::vector<CheckResult> results = {
      {find_check("exposed-git"), Outcome::Pass, Severity::Critical, ""},  // 10
      {find_check("cors"), Outcome::Fail, Severity::High, ""},             // 5
      {find_check("header-csp"), Outcome::NotKnown, Severity::Medium, ""},
  };
  EXPECT_DOUBLE_EQ(posture_score(results).value(), 10.0 / 15.0);
  results[1].severity = Severity::Low;  // a milder finding than the check's own
  EXPECT_DOUBLE_EQ(posture_score(results).value(), 14.0 / 15.0);
  results.erase(results.begin(), results.begin() + 2);
  EXPECT_FALSE(posture_score(results).has_value());
}

TEST(Judge, ShowsNoValueOfACookie) {
  Observation seen = sound();
  seen.set_cookies = {"sid=verysecret", "b\x01=othersecret"};
  const ScanResult result = judge(seen, config());
  for (const CheckResult& check : result.checks) {
    EXPECT_EQ(check.seen.find("secret"), std::string::npos) << check.check->id;
    EXPECT_LE(check.seen.size(), 303U);
  }
  EXPECT_EQ(result.cookies->secure, 2U);
  EXPECT_EQ(result.cookies->http_only, 2U);
  EXPECT_EQ(result.cookies->same_site, 2U);
}

struct Content {
  const char* id;
  std::string body;
  bool shows;
};

TEST(Exposure, IsJudgedByContent) {
  const Content rows[] = {
      {"exposed-metrics", "# HELP up x\n# TYPE up gauge\nup 1\n", true},
      {"exposed-metrics", "<html># HELP in a page</html>", false},
      {"exposed-metrics", "<html>\n# TYPE x\n</html>", false},
      {"exposed-metrics", "all is well", false},
      {"exposed-pprof", "<title>/debug/pprof/</title>", true},
      {"exposed-pprof", "<title>Not found</title>", false},
      {"exposed-git", "ref: refs/heads/main\n", true},
      {"exposed-git", "da39a3ee5e6b4b0d3255bfef95601890afd80709\n", true},
      {"exposed-git", "<html>ref: refs/heads/main</html>", false},
      {"exposed-env", "# production\nDB_PASSWORD=hunter2\n", true},
      {"exposed-env", "export API_KEY=\"x\"\n", true},
      {"exposed-env", "<!doctype html>\nA_B=1\n", false},
      {"exposed-env", "x = 1", false},
      {"exposed-server-status", "<h1>Apache Server Status for a.example</h1>", true},
      {"exposed-server-status", "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \n", true},
      {"exposed-server-status", "Active users: 1", false},
      {"exposed-directory", "<html><head><title>Index of /static/</title></head>", true},
      {"exposed-directory", "<title>Index of prices</title>", false},
  };
  const PageSeen nowhere = page(404, "");
  for (const Content& row : rows) {
    EXPECT_EQ(shows(row.id, page(200, row.body), nowhere), row.shows) << row.id << ": " << row.body;
    EXPECT_FALSE(shows(row.id, page(403, row.body), nowhere)) << row.id;
    // What the server says to any path is no finding.
    EXPECT_FALSE(shows(row.id, page(200, row.body), page(200, row.body))) << row.id;
  }
}

TEST(Checks, HaveAnIdATitleAndAdviceOfTheirOwn) {
  std::set<std::string_view> ids;
  for (const Check& check : checks()) {
    EXPECT_TRUE(ids.insert(check.id).second) << check.id;
    EXPECT_FALSE(check.title.empty());
    EXPECT_FALSE(check.advice.empty());
    EXPECT_EQ(find_check(check.id), &check);
  }
  EXPECT_EQ(find_check("nothing"), nullptr);
}

}  // namespace
}  // namespace picket::security
