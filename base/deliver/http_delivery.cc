#include "base/deliver/http_delivery.h"

#include <algorithm>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

constexpr std::size_t kDetailMax = 300;

// A time that ran out before anything was sent is no delivery; a request that was cut short may be one.
bool may_have_arrived(const ClientResponse& answer) {
  return answer.exchange.sent || answer.failed == FailedStep::Request;
}

std::string describe(const Response& response) {
  std::string body = repair_utf8(truncate(trim(response.body), kDetailMax));
  for (char& c : body) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return fmt::format("HTTP {} {}{}{}", response.status, reason_phrase(response.status),
                     body.empty() ? "" : ": ", body);
}

}  // namespace

HttpDelivery deliver_over_http(HttpClient& client, OutboundRequest request, const Clock& clock) {
  const MonoTime start = clock.mono();
  request.keep_method = true;
  ClientResponse answer = client.exchange(request);
  HttpDelivery delivery;
  DeliveryResult& result = delivery.result;
  result.latency = clock.mono() - start;
  delivery.answered = answer.failed == FailedStep::None || answer.failed == FailedStep::TooLarge;
  if (!delivery.answered) {
    const bool malformed =
        answer.error.kind == ErrorKind::InvalidInput || answer.failed == FailedStep::Policy;
    result.outcome = malformed ? DeliveryOutcome::Permanent : DeliveryOutcome::Retry;
    result.detail = answer.error.message;
    result.maybe_delivered = !malformed && may_have_arrived(answer);
    return delivery;
  }
  delivery.response = std::move(answer.response);
  result.code = delivery.response.status;
  result.outcome = outcome_of_status(result.code);
  result.detail = describe(delivery.response);
  if (result.outcome == DeliveryOutcome::Retry)
    result.retry_after = retry_after(delivery.response.headers, clock.wall());
  return delivery;
}

std::optional<Duration> retry_after(const Headers& headers, WallTime now) {
  constexpr Duration kMax = std::chrono::hours(24);
  const std::string* const field = headers.find("Retry-After");
  if (field == nullptr) return std::nullopt;
  if (const auto count = parse_int(trim(*field)); count && *count >= 0) {
    return from_seconds(std::min(static_cast<double>(*count), seconds(kMax)));
  }
  const auto date = parse_http_date(trim(*field));
  if (!date) return std::nullopt;
  return std::clamp(*date - now, Duration::zero(), kMax);
}

std::string form_encode(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + '=' + percent_encode(value);
  }
  return out;
}

std::string join_url(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base).append(path);
}

}  // namespace picket
