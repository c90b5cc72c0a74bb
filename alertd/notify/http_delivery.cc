#include "alertd/notify/http_delivery.h"

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

constexpr std::size_t kDetailBytes = 300;

/// Seconds only; a date counts as "soon", which backoff bounds.
std::optional<Duration> retry_after(const Headers& headers) {
  const std::string* value = headers.find("Retry-After");
  if (value == nullptr) return std::nullopt;
  const Result<std::int64_t> delay = parse_int(trim(*value));
  if (!delay || *delay < 0) return std::nullopt;
  return std::chrono::seconds(*delay);
}

}  // namespace

std::string safe_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "...";
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  const std::size_t at = host.rfind('@');
  if (at != std::string_view::npos) host.remove_prefix(at + 1);
  return fmt::format("{}://{}/...", url.substr(0, scheme), host);
}

DeliveryResult post(HttpClient& client, const OutboundRequest& request, const Secret& redact) {
  const ClientResponse answer = client.exchange(request);
  DeliveryResult result;
  if (answer.failed != FailedStep::None && answer.failed != FailedStep::TooLarge) {
    const bool refused = answer.failed == FailedStep::Policy || answer.error.kind == ErrorKind::InvalidInput;
    result.outcome = refused ? DeliveryOutcome::Permanent : DeliveryOutcome::Retry;
    result.detail = replace_all(answer.error.message, redact.reveal(), safe_url(redact.reveal()));
    result.maybe_delivered = answer.exchange.sent;
    return result;
  }
  const Response& response = answer.response;
  result.outcome = outcome_of_status(response.status);
  result.code = response.status;
  result.retry_after = retry_after(response.headers);
  result.detail = fmt::format("{} {}", response.status, truncate(trim(response.body), kDetailBytes));
  result.provider_id = response.headers.get("X-Request-Id");
  return result;
}

}  // namespace picket::alertd
