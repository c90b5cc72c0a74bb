#include "authd/forward_auth/original_request.h"

#include <algorithm>

#include "authd/forward_auth/canonical_path.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kUrlMax = 8192;
constexpr std::size_t kMethodMax = 32;
constexpr std::string_view kOriginalUrl = "X-Original-URL";
constexpr std::string_view kForwardedUri = "X-Forwarded-Uri";
constexpr std::string_view kForwardedHost = "X-Forwarded-Host";

Failure denied(std::string message) {
  return fail(ErrorKind::Denied, std::move(message));
}

/// Lives as long as the headers.
Result<std::string_view> only(const Headers& headers, std::string_view name) {
  const std::string* value = nullptr;
  for (const auto& [other, text] : headers) {
    if (!iequals(other, name)) continue;
    if (value != nullptr) return denied(fmt::format("{} is there twice", name));
    value = &text;
  }
  if (value == nullptr) return denied(fmt::format("{} is missing", name));
  if (value->empty()) return denied(fmt::format("{} is empty", name));
  if (value->size() > kUrlMax) return denied(fmt::format("{} is too long", name));
  return std::string_view(*value);
}

bool is_method(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; };
  return !text.empty() && text.size() <= kMethodMax && std::ranges::all_of(text, is_letter);
}

/// `target` is a path with or without a query.
Result<OriginalRequest> assemble(Authority authority, std::string_view method, std::string_view target) {
  if (!is_method(method)) return denied("the method is no method, or not in upper case");
  OriginalRequest request;
  request.authority = std::move(authority);
  request.method = method;
  const std::size_t question = std::min(target.find('?'), target.size());
  request.raw_path = target.substr(0, question);
  auto path = canonical_path(request.raw_path);
  if (!path) return fail(path);
  request.path = std::move(*path);
  if (question < target.size()) request.query = target.substr(question + 1);
  const bool is_odd = std::ranges::any_of(request.query, is_blank_or_control);
  if (is_odd || request.query.find('#') != std::string::npos) {
    return denied("the query holds a fragment or a control character");
  }
  return request;
}

/// A proxy that names the host a second time must name the same one: it routes by one of the two.
Result<void> agree_with_forwarded_host(const Headers& headers, const Authority& authority) {
  if (headers.find(kForwardedHost) == nullptr) return {};
  const auto host = only(headers, kForwardedHost);
  if (!host) return fail(host);
  const auto forwarded = parse_authority(authority.scheme, *host);
  if (!forwarded) return fail(forwarded, kForwardedHost);
  if (*forwarded != authority) return denied("X-Forwarded-Host names another host or port");
  return {};
}

Result<OriginalRequest> read_nginx(const Headers& headers) {
  const auto url = only(headers, kOriginalUrl);
  if (!url) return fail(url);
  const auto method = only(headers, "X-Original-Method");
  if (!method) return fail(method);
  const std::size_t colon = url->find("://");
  if (colon == std::string::npos) return denied("X-Original-URL is no absolute URL");
  const std::string_view rest = url->substr(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?#\\"), rest.size());
  auto authority = parse_authority(url->substr(0, colon), rest.substr(0, end));
  if (!authority) return fail(authority, kOriginalUrl);
  if (auto agrees = agree_with_forwarded_host(headers, *authority); !agrees) return fail(agrees);
  const bool has_path = end < rest.size() && rest[end] != '?';
  const std::string target = (has_path ? "" : "/") + std::string(rest.substr(end));
  return assemble(std::move(*authority), *method, target);
}

Result<Authority> forwarded_authority(const Headers& headers, std::string_view host_field) {
  const auto proto = only(headers, "X-Forwarded-Proto");
  if (!proto) return fail(proto);
  const auto host = only(headers, host_field);
  if (!host) return fail(host);
  return parse_authority(*proto, *host);
}

Result<OriginalRequest> read_traefik(const Headers& headers) {
  const auto uri = only(headers, kForwardedUri);
  if (!uri) return fail(uri);
  const auto method = only(headers, "X-Forwarded-Method");
  if (!method) return fail(method);
  auto authority = forwarded_authority(headers, kForwardedHost);
  if (!authority) return fail(authority);
  return assemble(std::move(*authority), *method, *uri);
}

}  // namespace

std::string OriginalRequest::url() const {
  return authority.origin() + raw_path + (query.empty() ? "" : "?" + query);
}

Result<OriginalRequest> read_original(const Headers& headers) {
  const bool is_nginx = headers.find(kOriginalUrl) != nullptr;
  const bool is_traefik = headers.find(kForwardedUri) != nullptr;
  if (is_nginx && is_traefik) return denied("both X-Original-URL and X-Forwarded-Uri are there");
  if (is_nginx) return read_nginx(headers);
  if (is_traefik) return read_traefik(headers);
  return denied("neither X-Original-URL nor X-Forwarded-Uri is there");
}

std::string_view sent_url(const Request& request) {
  for (const std::string_view name : {kOriginalUrl, kForwardedUri}) {
    if (const std::string* url = request.headers.find(name)) return *url;
  }
  return request.target.raw;
}

Result<OriginalRequest> read_envoy(const Request& request, std::string_view prefix) {
  const std::string_view raw = request.target.raw;
  if (raw.size() > kUrlMax) return denied("the path is too long");
  if (!raw.starts_with(prefix)) return denied("the path does not begin with the prefix");
  auto authority = forwarded_authority(request.headers, "Host");
  if (!authority) return fail(authority);
  if (auto agrees = agree_with_forwarded_host(request.headers, *authority); !agrees) return fail(agrees);
  return assemble(std::move(*authority), to_string(request.method), raw.substr(prefix.size()));
}

}  // namespace picket::authd
