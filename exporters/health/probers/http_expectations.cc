#include "exporters/health/probers/http_expectations.h"

#include "base/json/json.h"
#include "exporters/health/probers/stream_run.h"

namespace picket::health {
namespace {

/// Of what a peer makes us hold: values of a document cost far more than their bytes.
constexpr JsonLimits kLimits{.values = 200'000};

std::string as_text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : to_json(value);
}

/// Why it does not hold, or "".
std::string mismatch(const JsonExpectation& expectation, const nlohmann::json& document) {
  const nlohmann::json::json_pointer pointer(expectation.pointer);  // checked when the configuration was read
  if (!document.contains(pointer)) return fmt::format("the body has no {}", expectation.pointer);
  const std::string value = as_text(document.at(pointer));
  if (expectation.equals && value != *expectation.equals) {
    return fmt::format("{} is {}, want \"{}\"", expectation.pointer, quote_peer(value), *expectation.equals);
  }
  if (expectation.matches && !expectation.matches->search(value)) {
    return fmt::format("{} is {}, which does not match \"{}\"", expectation.pointer, quote_peer(value),
                       expectation.matches->pattern());
  }
  return "";
}

}  // namespace

void read_yaml(MapReader& r, JsonExpectation& c) {
  if (r.require("pointer", c.pointer)) {
    try {
      const nlohmann::json::json_pointer pointer(c.pointer);
    } catch (const nlohmann::json::exception&) {
      r.problem("pointer", "must be a JSON pointer (RFC 6901) such as /status or /checks/0/name");
    }
  }
  r.read("equals", c.equals);
  r.read("matches", c.matches);
}

void judge_json(const std::vector<JsonExpectation>& expectations, std::string_view body,
                ProbeResult& result) {
  if (expectations.empty()) return;
  const Result<nlohmann::json> document = parse_json(body, kLimits);
  if (!document) return result.fail_with(FailureReason::Content, "the body: " + document.error().message);
  for (const JsonExpectation& expectation : expectations) {
    std::string why;
    try {
      why = mismatch(expectation, *document);
    } catch (const nlohmann::json::exception&) {
      why = fmt::format("the body has no {}", expectation.pointer);  // "/list/x": no index
    }
    if (!why.empty()) return result.fail_with(FailureReason::Content, std::move(why));
  }
}

}  // namespace picket::health
