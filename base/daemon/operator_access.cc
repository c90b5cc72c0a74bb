#include "base/daemon/operator_access.h"

#include <algorithm>
#include <array>

#include "base/net/ip_address.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::string_view kForwardedPrefix = "X-Forwarded-";
constexpr std::array<std::string_view, 16> kForwardingFields = {"Forwarded",
                                                                "Via",
                                                                "X-Forwarded",
                                                                "Forwarded-For",
                                                                "X-Real-IP",
                                                                "X-Original-URL",
                                                                "X-Original-URI",
                                                                "X-Original-Method",
                                                                "X-Client-IP",
                                                                "X-Cluster-Client-IP",
                                                                "X-Envoy-External-Address",
                                                                "X-Envoy-Original-Path",
                                                                "True-Client-IP",
                                                                "CF-Connecting-IP",
                                                                "Fastly-Client-IP",
                                                                "X-ProxyUser-Ip"};

bool is_local(const ClientAddress& client) {
  if (client.address == "unix") return true;
  const Result<IpAddress> parsed = IpAddress::parse(client.address);
  if (!parsed) return false;
  const IpAddress address = parsed->unmapped();
  if (address.family() == IpAddress::Family::V4) return address.bytes()[0] == 127;
  return address == *IpAddress::parse("::1");
}

/// "http://HOST" or "https://HOST" of the host that was asked. Nobody but a browser sends an origin.
bool is_own_origin(const Request& request, std::string_view origin) {
  const std::string host = request.headers.get("Host");
  const std::size_t scheme = origin.find("://");
  const bool is_http =
      iequals(origin.substr(0, scheme), "http") || iequals(origin.substr(0, scheme), "https");
  return scheme != std::string_view::npos && is_http && !host.empty() &&
         iequals(origin.substr(scheme + 3), host);
}

/// A page that a browser shows may not reload a daemon that the browser can reach, whoever is logged in.
/// Browsers leave Sec-Fetch-Site out towards plain HTTP, and always send Origin with a POST.
bool is_from_another_site(const Request& request) {
  const std::string site = request.headers.get("Sec-Fetch-Site", "none");
  if (site != "none" && site != "same-origin") return true;
  return std::ranges::any_of(request.headers.all("Origin"),
                             [&](const std::string& origin) { return !is_own_origin(request, origin); });
}

}  // namespace

bool is_forwarded(const Request& request) {
  return std::ranges::any_of(request.headers, [](const Headers::Field& field) {
    const std::string_view name = field.first;
    if (iequals(name.substr(0, kForwardedPrefix.size()), kForwardedPrefix)) return true;
    return std::ranges::any_of(kForwardingFields,
                               [&](std::string_view known) { return iequals(name, known); });
  });
}

std::optional<Response> refuse_reload(const Request& request) {
  if (is_from_another_site(request)) {
    return Response::problem(403, "Forbidden", "a page of another site may not reload this daemon");
  }
  if (!request.user.empty()) return std::nullopt;
  if (is_forwarded(request)) {
    return Response::problem(403, "Forbidden",
                             "a request that came through a proxy may not reload this daemon: connect from "
                             "its machine, or log in as a user of its web.config.yml");
  }
  if (is_local(request.client)) return std::nullopt;
  return Response::problem(403, "Forbidden",
                           "only its own machine (loopback or a unix socket) and users of its web.config.yml "
                           "may reload this daemon");
}

std::optional<Response> refuse_metrics(const Request& request) {
  if (!request.user.empty() || !is_forwarded(request)) return std::nullopt;
  return Response::problem(403, "Forbidden",
                           "a request that came through a proxy gets no metrics: connect directly, or log in "
                           "as a user of web.config.yml");
}

}  // namespace picket
