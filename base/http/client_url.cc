#include "base/http/client_url.h"

#include <curl/curl.h>

#include <charconv>
#include <memory>

#include "base/text/strings.h"

namespace picket {

namespace {

constexpr std::size_t kMaxUrl = 8192;
using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(const Handle& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  const CURLUcode code = curl_url_get(url.get(), which, &text, flags);
  std::string copy =
      code == CURLUE_OK && text != nullptr ? text : "";  // libcurl leaves a host that is no IDN
  curl_free(text);
  return copy;
}

Failure malformed(std::string_view why) {
  return fail(ErrorKind::InvalidInput, fmt::format("malformed URL: {}", why));
}

bool sound(std::string_view url) {
  if (url.empty() || url.size() > kMaxUrl) return false;
  for (const char c : url) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return false;
  }
  return true;
}

bool listed(std::string_view scheme, std::string_view schemes) {
  for (const std::string_view known : split(schemes, ' ')) {
    if (known == scheme) return true;
  }
  return false;
}

Result<ClientUrl> read(const Handle& url, std::string_view schemes) {
  ClientUrl parts;
  parts.scheme = part(url, CURLUPART_SCHEME);
  if (!listed(parts.scheme, schemes)) {
    return malformed(fmt::format("scheme {} is not one of: {}", parts.scheme.substr(0, 20), schemes));
  }
  parts.host = part(url, CURLUPART_HOST, CURLU_PUNYCODE);
  if (parts.host.size() > 2 && parts.host.front() == '[')
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  if (parts.host.empty()) return malformed("it has no valid host");
  if (!part(url, CURLUPART_ZONEID).empty()) return malformed("an address cannot have a zone");
  std::string port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (port.empty()) port = "1080";  // SOCKS
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parts.port);
  if (error != std::errc{} || end != port.data() + port.size() || parts.port == 0)
    return malformed("bad port");
  parts.user = part(url, CURLUPART_USER, CURLU_URLDECODE);
  parts.password = part(url, CURLUPART_PASSWORD, CURLU_URLDECODE);
  for (const CURLUPart secret : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT}) {
    curl_url_set(url.get(), secret, nullptr, 0);
  }
  parts.text = part(url, CURLUPART_URL);
  return parts;
}

}  // namespace

Result<ClientUrl> ClientUrl::parse(std::string_view url, std::string_view schemes) {
  if (!sound(url)) return malformed("it is empty, too long or holds control characters");
  // libcurl takes the next word for the host.
  if (url.find(":///") < url.find_first_of("/?#")) return malformed("it has no valid host");
  const Handle handle(curl_url(), &curl_url_cleanup);
  const unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS;
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, std::string(url).c_str(), flags);
  if (code != CURLUE_OK) return malformed(to_lower(curl_url_strerror(code)));
  return read(handle, schemes);
}

Result<ClientUrl> ClientUrl::follow(std::string_view location) const {
  if (!sound(location)) return malformed("it is empty, too long or holds control characters");
  const Handle handle(curl_url(), &curl_url_cleanup);
  curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS);
  const unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE;
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, std::string(location).c_str(), flags);
  if (code != CURLUE_OK) return malformed(to_lower(curl_url_strerror(code)));
  return read(handle, "http https");
}

std::string ClientUrl::origin() const {
  const bool usual = (scheme == "http" && port == 80) || (scheme == "https" && port == 443);
  const std::string name = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
  return usual ? fmt::format("{}://{}", scheme, name) : fmt::format("{}://{}:{}", scheme, name, port);
}

bool ClientUrl::same_origin(const ClientUrl& other) const {
  return scheme == other.scheme && port == other.port && iequals(host, other.host);
}

}  // namespace picket
