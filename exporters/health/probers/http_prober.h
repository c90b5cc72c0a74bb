// Makes an HTTP request and looks at the answer: status, body, JSON, TLS. A fresh connection every time, so
// that the phases are real.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

/// `{pointer: /status, equals: ok}`: RFC 6901 pointer into the body.
struct JsonExpectation {
  std::string pointer;
  std::optional<std::string> equals;  ///< compared with the value as text; none: it must be there
  std::optional<Regex> matches;
};
void read_yaml(MapReader& r, JsonExpectation& c);

/// A rule over a response header: fails when it matches, or when it does not.
struct HeaderExpectation {
  std::string header;
  std::optional<Regex> regex;
  bool fail_on_match = false;
  bool allow_missing = false;
};

struct StatusRange {
  int first = 200, last = 299;
};
/// 200, "2xx" or "200-204".
bool read_value(const ValueReader& r, StatusRange& out);

struct HttpProbeConfig {
  ProbeTarget target;  ///< address: the URL without credentials
  Method method = Method::Get;
  HttpConfig http;  ///< with the URL's credentials
  std::string body;
  std::vector<StatusRange> status{StatusRange{}};
  std::vector<Regex> body_matches, body_not_matches;
  std::vector<JsonExpectation> json;
  std::vector<HeaderExpectation> header_rules;
  std::vector<std::string> versions;  ///< "HTTP/1.1", "HTTP/2.0"; empty: any
  bool fail_if_tls = false, fail_if_not_tls = false;
  int max_redirects = 10;
  Bytes max_body = 16_MiB;               ///< what rules may look at: a larger body fails them
  bool whole_body = false;               ///< read to its end, also when no rule looks at it
  std::optional<Bytes> body_size_limit;  ///< a larger body fails, rules or not; takes max_body's place
  std::string compression;               ///< gzip, deflate or br: the coding that the answer must have
  IpPreference preference = IpPreference::Any;
  Duration warn_before = std::chrono::hours(24 * 14);  ///< certificate expiry; 0: never
};
void read_yaml(MapReader& r, HttpProbeConfig& c);
/// `headers: {Name: value}`, what a request may carry in addition.
void read_headers(MapReader& r, HttpConfig& c);
bool has_body_rules(const HttpProbeConfig& config);

class HttpProber final : public Prober {
 public:
  HttpProber(std::shared_ptr<const HttpProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const HttpProbeConfig> config_;
  const ProberServices services_;
};

/// What is wrong with the answer, put into `result`; nothing when all is as wanted.
void judge(const HttpProbeConfig& config, const Response& response, ProbeResult& result);

}  // namespace picket::health
