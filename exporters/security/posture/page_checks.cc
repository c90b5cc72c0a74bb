// Judgements of the page: its headers, its cookies, and how plain HTTP leads to it.
#include <algorithm>
#include <array>

#include "base/http/client_url.h"
#include "base/text/strings.h"
#include "exporters/security/posture/cookie.h"
#include "exporters/security/posture/header_values.h"
#include "exporters/security/posture/verdicts.h"

namespace picket::security {

namespace {

constexpr std::size_t kMaxCookies = 200;
constexpr std::size_t kMaxCookieNames = 5;

bool is_error_of_server(const PageSeen& page) {
  return page.status >= 500;
}

bool is_redirect(const PageSeen& page) {
  return page.status >= 300 && page.status < 400;
}

/// What a browser would show as a document of the site.
bool is_document(const PageSeen& page) {
  if (is_redirect(page)) return false;
  const std::string type = to_lower(page.headers.get("Content-Type"));
  return type.empty() || type.starts_with("text/html") || type.starts_with("application/xhtml") ||
         type.starts_with("image/svg");
}

void judge_hsts(const Observation& seen, const ScanConfig& config, Verdicts& verdicts) {
  if (!seen.https) return verdicts.not_applicable("header-hsts", "the target is plain HTTP");
  // Browsers take the first field alone (RFC 6797 8.1).
  const std::string* value = seen.page.headers.find("Strict-Transport-Security");
  if (value == nullptr) return verdicts.fail("header-hsts", "it is not sent");
  const Result<Hsts> hsts = parse_hsts(*value);
  if (!hsts) return verdicts.fail("header-hsts", fmt::format("{}: {}", shown(*value), hsts.error().message));
  const auto least = std::chrono::duration_cast<std::chrono::seconds>(config.headers.hsts_max_age).count();
  if (hsts->max_age_seconds >= static_cast<std::uint64_t>(least)) return verdicts.pass("header-hsts");
  verdicts.fail("header-hsts",
                fmt::format("max-age is {} seconds, want at least {}", hsts->max_age_seconds, least));
}

void judge_nosniff(const PageSeen& page, Verdicts& verdicts) {
  if (is_redirect(page)) return verdicts.not_applicable("header-nosniff", "the page is a redirect");
  const std::string* value = page.headers.find("X-Content-Type-Options");
  if (value == nullptr) return verdicts.fail("header-nosniff", "it is not sent");
  const std::string_view first = trim(std::string_view(*value).substr(0, value->find(',')));
  if (iequals(first, "nosniff")) return verdicts.pass("header-nosniff");
  verdicts.fail("header-nosniff", fmt::format("{} means nothing", shown(*value)));
}

void judge_framing(const Headers& headers, const std::vector<ContentPolicy>& policies, Verdicts& verdicts) {
  // frame-ancestors overrides X-Frame-Options (CSP level 3, 6.4.2).
  const Framing policy = csp_framing(policies);
  if (policy == Framing::Restricted) return verdicts.pass("header-frame");
  if (policy == Framing::Open) return verdicts.fail("header-frame", "frame-ancestors lets in every site");
  const std::vector<std::string> values = headers.all("X-Frame-Options");
  const Framing options = frame_options(values);
  if (options == Framing::Restricted) return verdicts.pass("header-frame");
  if (options == Framing::Open)
    return verdicts.fail("header-frame",
                         fmt::format("X-Frame-Options {} means nothing", shown(join(values, ", "))));
  verdicts.fail("header-frame", "neither frame-ancestors nor X-Frame-Options is sent");
}

void judge_referrer(const Headers& headers, Verdicts& verdicts) {
  const std::vector<std::string> values = headers.all("Referrer-Policy");
  if (values.empty()) return verdicts.fail("header-referrer", "it is not sent");
  const std::string policy = referrer_policy(values);
  if (keeps_paths(policy)) return verdicts.pass("header-referrer", policy);
  verdicts.fail("header-referrer", policy.empty() ? shown(join(values, ", ")) + " is no policy"
                                                  : policy + " tells other sites too much");
}

void judge_permissions(const Headers& headers, Verdicts& verdicts) {
  const std::vector<std::string> values = headers.all("Permissions-Policy");
  if (values.empty()) return verdicts.fail("header-permissions", "it is not sent");
  const std::string problem = permissions_problem(values);
  if (problem.empty()) return verdicts.pass("header-permissions");
  verdicts.fail("header-permissions", problem);
}

void judge_opener(const Headers& headers, Verdicts& verdicts) {
  const std::string* value = headers.find("Cross-Origin-Opener-Policy");
  if (value == nullptr) return verdicts.fail("header-coop", "it is not sent");
  const std::string_view word = trim(std::string_view(*value).substr(0, value->find(';')));
  // A structured field: other case, or a list, is ignored by browsers.
  if (word == "same-origin" || word == "same-origin-allow-popups" || word == "noopener-allow-popups")
    return verdicts.pass("header-coop");
  verdicts.fail("header-coop", fmt::format("{} does not isolate", shown(*value)));
}

void judge_version(const Headers& headers, Verdicts& verdicts) {
  constexpr std::array<std::string_view, 5> kTelling = {"X-Powered-By", "X-AspNet-Version",
                                                        "X-AspNetMvc-Version", "X-Generator", "X-Runtime"};
  std::vector<std::string> problems;
  const std::string server = headers.get("Server");
  const auto slash = server.find('/');
  if (slash != std::string::npos && server.find_first_of("0123456789", slash) == slash + 1)
    problems.push_back("Server: " + shown(server));
  for (const std::string_view name : kTelling) {
    if (const std::string* value = headers.find(name))
      problems.push_back(fmt::format("{}: {}", name, shown(*value)));
  }
  verdicts.judge("header-version", problems);
}

void judge_duplicates(const Headers& headers, Verdicts& verdicts) {
  constexpr std::array<std::string_view, 7> kSingle = {"Strict-Transport-Security",
                                                       "X-Content-Type-Options",
                                                       "X-Frame-Options",
                                                       "Referrer-Policy",
                                                       "Cross-Origin-Opener-Policy",
                                                       "Content-Type",
                                                       "Access-Control-Allow-Origin"};
  std::vector<std::string> problems;
  for (const std::string_view name : kSingle) {
    const std::vector<std::string> values = headers.all(name);
    if (values.size() < 2) continue;
    const bool equal = std::ranges::all_of(values, [&](const std::string& v) { return v == values.front(); });
    problems.push_back(
        fmt::format("{} is sent {} times{}", name, values.size(), equal ? "" : " with different values"));
  }
  verdicts.judge("header-duplicates", problems);
}

void judge_document(const Observation& seen, Verdicts& verdicts) {
  constexpr std::array<std::string_view, 5> kOfDocuments = {"header-csp", "header-frame", "header-referrer",
                                                            "header-permissions", "header-coop"};
  if (!is_document(seen.page)) {
    for (const std::string_view id : kOfDocuments)
      verdicts.not_applicable(id, "the page is no HTML document");
    return;
  }
  const Headers& headers = seen.page.headers;
  const std::vector<ContentPolicy> policies = parse_csp(headers.all("Content-Security-Policy"));
  verdicts.judge("header-csp", csp_problems(policies));
  judge_framing(headers, policies, verdicts);
  judge_referrer(headers, verdicts);
  judge_permissions(headers, verdicts);
  judge_opener(headers, verdicts);
}

/// Names of cookies that miss something.
struct NamedCookies {
  std::vector<std::string> secure, http_only, same_site, prefix;
};

void sort_cookie(const Cookie& cookie, bool https, NamedCookies& missing) {
  const std::string name = shown(cookie.name);
  const bool wants_secure = cookie.same_site == Cookie::SameSite::None && !cookie.secure;
  const bool unsaid =
      cookie.same_site == Cookie::SameSite::Missing || cookie.same_site == Cookie::SameSite::Invalid;
  if (https && !cookie.secure) missing.secure.push_back(name);
  if (!cookie.http_only && !cookie.is_csrf_token()) missing.http_only.push_back(name);
  if (unsaid || wants_secure) missing.same_site.push_back(name);
  if (cookie.breaks_prefix()) missing.prefix.push_back(name);
}

void judge_cookie(std::string_view id, std::vector<std::string> names, Verdicts& verdicts) {
  if (names.empty()) return verdicts.pass(id);
  const std::size_t count = names.size();
  if (count > kMaxCookieNames) names.resize(kMaxCookieNames);
  verdicts.fail(id, fmt::format("{} cookie{}: {}", count, count == 1 ? "" : "s", join(names, ", ")));
}

bool is_permanent(int status) {
  return status == 301 || status == 308;
}

}  // namespace

void judge_headers(const Observation& seen, const ScanConfig& config, Verdicts& verdicts) {
  if (!seen.page.answered()) return verdicts.set_all("header-", Outcome::NotKnown, seen.page.error);
  if (is_error_of_server(seen.page))
    return verdicts.set_all("header-", Outcome::NotKnown,
                            fmt::format("the page answered {}", seen.page.status));
  judge_hsts(seen, config, verdicts);
  judge_nosniff(seen.page, verdicts);
  judge_version(seen.page.headers, verdicts);
  judge_duplicates(seen.page.headers, verdicts);
  judge_document(seen, verdicts);
}

std::optional<CookieCounts> judge_cookies(const Observation& seen, Verdicts& verdicts) {
  if (!seen.page.answered() || is_error_of_server(seen.page)) {
    verdicts.set_all("cookie-", Outcome::NotKnown, "the page did not answer");
    return std::nullopt;
  }
  NamedCookies missing;
  std::size_t count = 0;
  for (const std::string& field : seen.set_cookies) {
    const std::optional<Cookie> cookie = parse_set_cookie(field);
    if (!cookie || cookie->removed || ++count > kMaxCookies) continue;
    sort_cookie(*cookie, seen.https, missing);
  }
  if (count == 0) {
    verdicts.set_all("cookie-", Outcome::NotApplicable, "the page sets no cookie");
    return CookieCounts{};
  }
  const CookieCounts counts{static_cast<unsigned>(missing.secure.size()),
                            static_cast<unsigned>(missing.http_only.size()),
                            static_cast<unsigned>(missing.same_site.size())};
  judge_cookie("cookie-secure", std::move(missing.secure), verdicts);
  judge_cookie("cookie-httponly", std::move(missing.http_only), verdicts);
  judge_cookie("cookie-samesite", std::move(missing.same_site), verdicts);
  judge_cookie("cookie-prefix", std::move(missing.prefix), verdicts);
  if (!seen.https) verdicts.not_applicable("cookie-secure", "the target is plain HTTP");
  return counts;
}

void judge_redirect(const Observation& seen, const ScanConfig& config, Verdicts& verdicts) {
  constexpr std::string_view kId = "http-redirect";
  if (!seen.https) return verdicts.not_applicable(kId, "the target itself is plain HTTP");
  if (!seen.plain_http) return verdicts.not_applicable(kId, "no port of plain HTTP is configured");
  const PageSeen& page = *seen.plain_http;
  if (!page.answered() && page.refused) return verdicts.not_applicable(kId, "nobody listens there");
  if (!page.answered()) return verdicts.not_known(kId, page.error);
  if (page.status < 300)
    return verdicts.fail(kId, fmt::format("plain HTTP serves content ({})", page.status));
  if (page.status >= 400)
    return verdicts.pass(kId, fmt::format("plain HTTP is refused with {}", page.status));
  const std::string location = page.headers.get("Location");
  const Result<ClientUrl> from = ClientUrl::parse(config.plain_http_url());
  const Result<ClientUrl> to = from ? from->follow(location) : from;
  if (!to || to->scheme != "https") return verdicts.fail(kId, "it leads to " + shown(location));
  if (!iequals(to->host, seen.host))
    return verdicts.fail(kId, fmt::format("it leads to another host first: {}", shown(to->host)),
                         Severity::Low);
  if (!is_permanent(page.status))
    return verdicts.fail(kId, fmt::format("the redirect is not permanent ({})", page.status), Severity::Low);
  verdicts.pass(kId);
}

}  // namespace picket::security
