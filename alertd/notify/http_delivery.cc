#include "alertd/notify/http_delivery.h"

#include "base/text/strings.h"

namespace picket::alertd {

std::string safe_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "...";
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  const std::size_t at = host.rfind('@');
  if (at != std::string_view::npos) host.remove_prefix(at + 1);
  return fmt::format("{}://{}/...", url.substr(0, scheme), host);
}

HttpDelivery post(HttpClient& client, const Clock& clock, const OutboundRequest& request,
                  const Secret& redact) {
  HttpDelivery delivery = deliver_over_http(client, request, clock);
  DeliveryResult& result = delivery.result;
  if (!redact.empty()) {
    result.detail = replace_all(result.detail, redact.reveal(), safe_url(redact.reveal()));
  }
  result.provider_id = delivery.response.headers.get("X-Request-Id");
  return delivery;
}

}  // namespace picket::alertd
