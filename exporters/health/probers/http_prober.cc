#include "exporters/health/probers/http_prober.h"

#include <algorithm>
#include <limits>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/health/probers/http_expectations.h"
#include "exporters/health/probers/tls_prober.h"

namespace picket::health {
namespace {

FailureReason reason_of(const ClientResponse& answer) {
  switch (answer.failed) {
    case FailedStep::Resolve:
      return FailureReason::Resolve;
    case FailedStep::Policy:
      return FailureReason::Policy;
    case FailedStep::Connect:
      return FailureReason::Connect;
    case FailedStep::Tls: {
      const bool bad_certificate =
          answer.exchange.tls && !answer.exchange.tls->served.empty() && !answer.exchange.tls->verified;
      return bad_certificate ? FailureReason::Cert : FailureReason::Tls;
    }
    case FailedStep::Timeout:
      return FailureReason::Timeout;
    case FailedStep::TooLarge:
      return FailureReason::Content;
    case FailedStep::Redirect:
    case FailedStep::Request:
      return FailureReason::Protocol;
    case FailedStep::None:
      break;
  }
  return FailureReason::Internal;
}

void set_phases(const PhaseTimings& timings, ProbeResult& result) {
  const auto set = [&result](Phase phase, Duration took) {
    if (took > Duration::zero()) result.set_phase(phase, took);
  };
  set(Phase::Resolve, timings.resolve);
  set(Phase::Connect, timings.connect);
  set(Phase::Tls, timings.tls);
  set(Phase::Processing, timings.processing);
  set(Phase::Transfer, timings.transfer);
}

HttpFacts facts_of(const ClientResponse& answer) {
  HttpFacts facts;
  facts.status = answer.response.status;
  facts.response_bytes = answer.exchange.body_bytes;
  facts.redirects = answer.exchange.redirects;
  facts.version = answer.exchange.http_version;
  const std::string* length = answer.response.headers.find("Content-Length");
  if (length != nullptr) facts.content_length = parse_int(*length).value_or(-1);
  if (facts.status == 204 || facts.status == 304) facts.content_length = 0;  // RFC 9110 8.6: there is no body
  const std::string* modified = answer.response.headers.find("Last-Modified");
  if (modified == nullptr) return facts;
  const Result<WallTime> when = parse_http_date(*modified);
  if (when) facts.last_modified = *when;
  return facts;
}

bool status_is_wanted(const std::vector<StatusRange>& wanted, int status) {
  for (const StatusRange& range : wanted) {
    if (status >= range.first && status <= range.last) return true;
  }
  return false;
}

std::string wanted_text(const std::vector<StatusRange>& wanted) {
  std::vector<std::string> texts;
  texts.reserve(wanted.size());
  for (const StatusRange& range : wanted) {
    texts.push_back(range.first == range.last ? fmt::format("{}", range.first)
                                              : fmt::format("{}-{}", range.first, range.last));
  }
  return join(texts, ", ");
}

/// Rules over header fields, in order; why one is broken, or "".
std::string broken_header_rule(const HttpProbeConfig& config, const Headers& headers) {
  for (const HeaderExpectation& rule : config.header_rules) {
    const std::vector<std::string> values = headers.all(rule.header);
    if (values.empty() && rule.allow_missing) continue;
    if (values.empty()) return fmt::format("header {} is missing", rule.header);
    const bool matches = rule.regex && std::ranges::any_of(values, [&rule](const std::string& value) {
                           return rule.regex->search(value);
                         });
    if (matches == rule.fail_on_match) {
      return fmt::format("header {} {} \"{}\"", rule.header, matches ? "matches" : "does not match",
                         rule.regex ? rule.regex->pattern() : "");
    }
  }
  return "";
}

/// What only a connection shows: HTTP version and TLS.
void judge_connection(const HttpProbeConfig& config, const ClientResponse& answer, ProbeResult& result) {
  const std::string version =
      "HTTP/" + (answer.exchange.http_version == "2" ? std::string("2.0") : answer.exchange.http_version);
  const bool wanted =
      config.versions.empty() || std::ranges::find(config.versions, version) != config.versions.end();
  if (!wanted)
    return result.fail_with(FailureReason::Protocol,
                            fmt::format("{} was spoken, want {}", version, join(config.versions, ", ")));
  const bool secure = answer.exchange.tls.has_value();
  if (secure && config.fail_if_tls)
    return result.fail_with(FailureReason::Tls, "the final answer came over TLS");
  if (!secure && config.fail_if_not_tls)
    return result.fail_with(FailureReason::Tls, "the final answer came without TLS");
}

/// What the answer lacks of the coding that was asked for, or "".
std::string broken_coding(const HttpProbeConfig& config, const Headers& headers) {
  if (config.compression.empty() || iequals(headers.get("Content-Encoding"), config.compression)) return "";
  return fmt::format("the answer is not compressed with {}", config.compression);
}

ProbeResult to_result(const HttpProbeConfig& config, const ClientResponse& answer, WallTime now) {
  ProbeResult result;
  set_phases(answer.exchange.timings, result);
  result.duration = answer.exchange.timings.total;
  result.peer = answer.exchange.peer;
  result.resolved = answer.exchange.resolved;
  result.tls = answer.exchange.tls;
  result.facts = facts_of(answer);
  const bool unwanted =
      answer.failed == FailedStep::TooLarge && !status_is_wanted(config.status, answer.response.status);
  if (answer.failed != FailedStep::None && !unwanted) {
    result.fail_with(reason_of(answer), answer.error.message);
    return result;
  }
  result.success = true;
  judge(config, answer.response, result);
  if (result.success) judge_connection(config, answer, result);
  if (result.success) warn_of_expiry(result, now, config.warn_before);
  return result;
}

/// "name:443" without its port.
std::string without_port(const std::string& host) {
  const std::size_t colon = host.rfind(':');
  const bool port = colon != std::string::npos && colon > 0 &&
                    host.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  const bool address = host.find(':') != colon && !host.starts_with('[');
  std::string name = port && !address ? host.substr(0, colon) : host;
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  return name;
}

/// Without a configured name a Host header names the peer, as in blackbox_exporter.
void name_for_tls(OutboundRequest& request) {
  if (!request.config.tls.server_name.empty()) return;
  const std::string* host = request.headers.find("Host");
  if (host == nullptr) host = request.config.headers.find("Host");
  if (host != nullptr) request.config.tls.server_name = without_port(*host);
}

/// A body that no rule looks at is counted and thrown away; one that is cut short satisfies no rule.
void bound_body(const HttpProbeConfig& config, OutboundRequest& request) {
  request.keep_body = has_body_rules(config);
  const bool endless = config.whole_body && !request.keep_body;
  const Bytes most = endless ? Bytes{std::numeric_limits<std::uint64_t>::max()} : config.max_body;
  request.max_response = config.body_size_limit.value_or(most);
  request.truncate_response = !request.keep_body && !config.body_size_limit;
}

}  // namespace

void judge(const HttpProbeConfig& config, const Response& response, ProbeResult& result) {
  if (!status_is_wanted(config.status, response.status)) {
    return result.fail_with(FailureReason::Status,
                            fmt::format("status {}, want {}", response.status, wanted_text(config.status)));
  }
  const std::string coding = broken_coding(config, response.headers);
  if (!coding.empty()) return result.fail_with(FailureReason::Content, coding);
  for (const Regex& regex : config.body_matches) {
    if (!regex.search(response.body)) {
      return result.fail_with(FailureReason::Content,
                              fmt::format("the body does not match \"{}\"", regex.pattern()));
    }
  }
  for (const Regex& regex : config.body_not_matches) {
    if (regex.search(response.body))
      return result.fail_with(FailureReason::Content,
                              fmt::format("the body matches \"{}\"", regex.pattern()));
  }
  const std::string broken = broken_header_rule(config, response.headers);
  if (!broken.empty()) return result.fail_with(FailureReason::Content, broken);
  judge_json(config.json, response.body, result);
}

bool has_body_rules(const HttpProbeConfig& config) {
  return !config.body_matches.empty() || !config.body_not_matches.empty() || !config.json.empty();
}

void HttpProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  OutboundRequest request;
  request.method = config_->method;
  request.url = target.address;
  request.body = config_->body;
  request.config = config_->http;
  if (!target.hostname.empty()) request.headers.set("Host", target.hostname);
  name_for_tls(request);
  bound_body(*config_, request);
  request.timeout = deadline.remaining(services_.clock());
  request.connect_timeout = request.timeout;
  request.max_redirects = config_->max_redirects;
  request.decompress = !config_->compression.empty();
  request.coding = config_->compression;
  request.cookies = true;
  request.reuse_connection = false;
  request.inspect_tls = true;  // an http:// may lead to an https://
  request.preference = config_->preference;
  request.policy = *services_.policy;
  services_.http.send_async(std::move(request), [config = config_, &clock = services_.clock(),
                                                 done = std::move(done)](const ClientResponse& answer) {
    done(to_result(*config, answer, clock.wall()));
  });
}

}  // namespace picket::health
