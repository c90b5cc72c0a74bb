// Reading of the http prober's settings.
#include <algorithm>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/health/probers/http_prober.h"

namespace picket::health {
namespace {

constexpr int kLowestStatus = 100, kHighestStatus = 599;

std::optional<StatusRange> parse_range(const std::string& text) {
  if (text.size() == 3 && (text.ends_with("xx") || text.ends_with("XX")) && text[0] >= '1' &&
      text[0] <= '5') {
    const int hundred = (text[0] - '0') * 100;
    return StatusRange{hundred, hundred + 99};
  }
  const std::size_t dash = text.find('-');
  const Result<std::int64_t> first = parse_int(text.substr(0, dash));
  const Result<std::int64_t> last = dash == std::string::npos ? first : parse_int(text.substr(dash + 1));
  if (!first || !last || *first < kLowestStatus || *last > kHighestStatus || *first > *last)
    return std::nullopt;
  return StatusRange{static_cast<int>(*first), static_cast<int>(*last)};
}

/// "https://user:secret@host/" to "https://host/" with basic_auth.
void move_credentials(MapReader& r, HttpProbeConfig& c) {
  std::string& url = c.target.address;
  const std::size_t scheme = url.find("://");
  const std::size_t authority = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", authority), url.size());
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string::npos || at < authority) return;
  const std::string user_info = url.substr(authority, at - authority);
  url.erase(authority, at + 1 - authority);
  const std::size_t colon = user_info.find(':');
  const Result<std::string> user = percent_decode(user_info.substr(0, colon));
  const Result<std::string> password =
      colon == std::string::npos ? Result<std::string>("") : percent_decode(user_info.substr(colon + 1));
  if (!user || !password) return r.problem("url", "the credentials in it are not percent-encoded right");
  if (!c.http.basic_auth) c.http.basic_auth = BasicAuth{*user, Secret(*password)};
}

void read_url(MapReader& r, HttpProbeConfig& c) {
  if (!r.require("url", c.target.address)) return;
  const std::string& url = c.target.address;
  const bool http = url.starts_with("http://"), https = url.starts_with("https://");
  if ((!http && !https) || url.find_first_of(" \t\r\n") != std::string::npos ||
      url.size() <= std::string_view("https://").size() - (http ? 1U : 0U)) {
    return r.problem("url", "must be an http:// or https:// URL");
  }
  check_url(r, "url", url);
  move_credentials(r, c);
}

/// Source: RFC 9110 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [kMarks](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

}  // namespace

void read_headers(MapReader& r, HttpConfig& c) {
  const std::optional<ValueReader> section = r.at("headers");
  if (!section || !section->is_map()) return;
  MapReader fields(*section);
  for (const auto& [name, reader] : fields.rest()) {
    std::string value;
    if (!reader.decode(value)) continue;
    if (!is_token(name)) {
      reader.problem("is not a header name");
    } else if (iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding")) {
      reader.problem("is set by the body");
    } else if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      reader.problem("must be one line");
    } else {
      c.headers.add(name, std::move(value));
    }
  }
}

bool read_value(const ValueReader& r, StatusRange& out) {
  std::string text;
  if (!r.decode(text)) return false;
  const std::optional<StatusRange> range = parse_range(text);
  if (!range) {
    r.problem("must be a status (200), a class (2xx) or a range (200-204)");
    return false;
  }
  out = *range;
  return true;
}

void read_yaml(MapReader& r, HttpProbeConfig& c) {
  r.read_enum("method", c.method,
              {{"GET", Method::Get},
               {"HEAD", Method::Head},
               {"POST", Method::Post},
               {"PUT", Method::Put},
               {"DELETE", Method::Delete},
               {"PATCH", Method::Patch},
               {"OPTIONS", Method::Options}});
  read_yaml(r, c.http);
  read_url(r, c);
  read_headers(r, c.http);
  r.read("body", c.body);
  r.read("status", c.status);
  r.read("body_matches", c.body_matches);
  r.read("body_not_matches", c.body_not_matches);
  r.read("json", c.json);
  if (r.read("max_redirects", c.max_redirects) && c.max_redirects < 0)
    r.problem("max_redirects", "must not be negative");
  if (r.read("max_body", c.max_body) && (c.max_body.count == 0 || c.max_body > 1024_MiB))
    r.problem("max_body", "must be from 1 byte to 1GiB");
  r.read_enum("ip", c.preference,
              {{"any", IpPreference::Any},
               {"v4", IpPreference::V4Only},
               {"v6", IpPreference::V6Only},
               {"prefer_v4", IpPreference::V4First},
               {"prefer_v6", IpPreference::V6First}});
  r.read("warn_before", c.warn_before);
}

}  // namespace picket::health
