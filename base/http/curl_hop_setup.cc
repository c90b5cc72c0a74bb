// The half of CurlHop that tells libcurl what to do.
#include <algorithm>

#include "base/http/curl_hop.h"
#include "base/text/strings.h"

namespace picket {

namespace {

/// libcurl takes 0 for "no limit".
long milliseconds(Duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return static_cast<long>(std::clamp<std::int64_t>(count, 1, 1'000'000'000));
}

/// libcurl reuses a connection only for an equal CAPATH. It never reads this one (the handshake brings its
/// own authorities), so it keeps connections of different TLS settings apart.
std::string tls_identity(const TlsConfig& c, bool inspect) {
  return fmt::format("/nonexistent/{}\n{}\n{}\n{}\n{}{}{}{}", c.ca_file, c.cert_file, c.key_file,
                     c.server_name, c.insecure_skip_verify, static_cast<int>(c.min_version),
                     static_cast<int>(c.max_version), inspect);
}

}  // namespace

template <class T>
void CurlHop::set(CURLoption option, T value) {
  curl_easy_setopt(transfer_, option, value);
}

void CurlHop::configure() {
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_ERRORBUFFER, curl_error_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_URL, request_.url.text.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, request_.url.scheme.c_str());
  configure_request();
  configure_cookies();
  configure_connection();
  configure_proxy();
  if (request_.url.scheme == "https") configure_tls();
  configure_limits();
}

void CurlHop::configure_request() {
  const bool has_body = request_.with_body;
  switch (request_.method) {
    case Method::Get:
      set(CURLOPT_HTTPGET, 1L);
      break;
    case Method::Head:
      set(CURLOPT_NOBODY, 1L);
      break;
    default:
      break;
  }
  if (has_body) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(outbound_.body.size()));
    set(CURLOPT_POSTFIELDS, outbound_.body.c_str());
  }
  const bool plain = request_.method == Method::Get || request_.method == Method::Head;
  if (has_body || !plain) set(CURLOPT_CUSTOMREQUEST, std::string(to_string(request_.method)).c_str());
  if (outbound_.decompress) set(CURLOPT_ACCEPT_ENCODING, outbound_.coding.c_str());
  set(CURLOPT_HTTP_VERSION,
      outbound_.config.enable_http2 ? long{CURL_HTTP_VERSION_2TLS} : long{CURL_HTTP_VERSION_1_1});
}

void CurlHop::configure_cookies() {
  if (request_.cookies == nullptr) return;
  set(CURLOPT_SHARE, request_.cookies);
  set(CURLOPT_COOKIEFILE, "");  // nothing to read: it turns libcurl's cookies on
}

void CurlHop::configure_connection() {
  const bool once = request_.method == Method::Post || request_.method == Method::Patch;
  if (!outbound_.reuse_connection || (once && !outbound_.repeatable)) set(CURLOPT_FRESH_CONNECT, 1L);
  if (!outbound_.reuse_connection) set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, 0L);  // names are resolved before: only literal addresses pass through
  set(CURLOPT_OPENSOCKETFUNCTION, &CurlHop::open_callback);
  set(CURLOPT_OPENSOCKETDATA, this);
  if (request_.proxy) return;
  const std::string to = fmt::format("::{}", HostPort{request_.address.text(), request_.url.port}.text());
  connect_list_ = curl_slist_append(nullptr, to.c_str());
  set(CURLOPT_CONNECT_TO, connect_list_);
}

void CurlHop::configure_proxy() {
  if (!request_.proxy) {
    set(CURLOPT_PROXY, "");  // nor one from the environment
    return;
  }
  const ClientUrl& proxy = *request_.proxy;
  // A SOCKS proxy resolves the name itself, like an HTTP proxy does.
  const std::string scheme = proxy.scheme == "socks5" ? "socks5h" : proxy.scheme;
  set(CURLOPT_PROXY,
      fmt::format("{}://{}", scheme, HostPort{request_.address.text(), proxy.port}.text()).c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (proxy.user.empty() && proxy.password.empty()) return;
  set(CURLOPT_PROXYUSERNAME, proxy.user.c_str());
  set(CURLOPT_PROXYPASSWORD, proxy.password.c_str());
}

void CurlHop::configure_tls() {
  // Chain and name are verified by TlsHandshake, which libcurl's own checks would only repeat.
  set(CURLOPT_SSL_VERIFYPEER, 0L);
  set(CURLOPT_SSL_VERIFYHOST, 0L);
  set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(CURLOPT_CAPATH, tls_identity(tls_config(), outbound_.inspect_tls).c_str());
  set(CURLOPT_SSL_CTX_FUNCTION, &CurlHop::tls_callback);
  set(CURLOPT_SSL_CTX_DATA, this);
  if (!outbound_.reuse_connection || outbound_.inspect_tls) set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

void CurlHop::configure_limits() {
  set(CURLOPT_TIMEOUT_MS, milliseconds(request_.timeout));
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(request_.connect_timeout, request_.timeout)));
  set(CURLOPT_BUFFERSIZE, outbound_.reuse_connection ? 64L * 1024 : 2L * 1024);
  set(CURLOPT_HEADERFUNCTION, &CurlHop::header_callback);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &CurlHop::body_callback);
  set(CURLOPT_WRITEDATA, this);
}

bool CurlHop::add_headers() {
  std::vector<std::string> lines;
  for (const auto& [name, value] : request_.headers) {
    if (request_.cookies != nullptr && iequals(name, "Cookie")) continue;
    lines.push_back(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  if (request_.cookies != nullptr) add_cookie_header();
  lines.emplace_back("Expect:");
  const bool typed = request_.headers.find("Content-Type") != nullptr;
  if (request_.with_body && !typed) lines.emplace_back("Content-Type:");
  if (request_.headers.find("User-Agent") == nullptr) lines.emplace_back("User-Agent: Picket");
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(header_list_, line.c_str());
    if (longer == nullptr) return false;
    header_list_ = longer;
  }
  set(CURLOPT_HTTPHEADER, header_list_);
  return true;
}

/// The request's own cookies and the jar's make one header.
void CurlHop::add_cookie_header() {
  const std::vector<std::string> own = request_.headers.all("Cookie");
  if (!own.empty()) set(CURLOPT_COOKIE, join(own, "; ").c_str());
}

}  // namespace picket
