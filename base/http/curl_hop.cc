#include "base/http/curl_hop.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/text/strings.h"

namespace picket {

namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{64} * 1024;

std::optional<IpAddress> address_of(const curl_sockaddr& from) {
  if (from.family == AF_INET) {
    sockaddr_in in{};
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(&in, &from.addr, sizeof in);
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return IpAddress::v4(bytes);
  }
  if (from.family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(&in, &from.addr, sizeof in);
  std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
  return IpAddress::v6(bytes);
}

/// "HTTP/1.1 200 OK": 200; 0 when it is no status line.
int status_of(std::string_view line) {
  const auto space = line.find(' ');
  if (!line.starts_with("HTTP/") || space == std::string_view::npos) return 0;
  int status = 0;
  const std::string_view digits = line.substr(space + 1, 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

/// RFC 9110 15.4.8 and 15.4.9: method and body stay as they are.
bool is_same_method_redirect(int status) {
  return status == 307 || status == 308;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || is_same_method_redirect(status);
}

}  // namespace

CurlHop::CurlHop(CurlDriver& driver, const OutboundRequest& outbound, HopRequest request, Done done)
    : driver_(driver), outbound_(outbound), request_(std::move(request)), done_(std::move(done)) {
  result_.response.status = 0;  // until a status line comes
}

CurlHop::~CurlHop() {
  if (under_way_) driver_.cancel(transfer_);
  if (transfer_ != nullptr) {
    // A reset would leave the jar, and lose what COOKIEFILE holds.
    curl_easy_setopt(transfer_, CURLOPT_COOKIEFILE, nullptr);
    curl_easy_setopt(transfer_, CURLOPT_SHARE, nullptr);
    driver_.give_back(transfer_);
  }
  curl_slist_free_all(header_list_);
  curl_slist_free_all(connect_list_);
}

bool CurlHop::start() {
  started_ = clock_.mono();
  transfer_ = driver_.take();
  if (transfer_ != nullptr) {
    configure();
    under_way_ = add_headers() && driver_.start(transfer_);
  }
  if (under_way_) return true;
  result_.failed = FailedStep::Request;
  result_.error = {ErrorKind::Unavailable, "no memory for another request"};
  return false;
}

void CurlHop::finished(CURL* transfer, CURLcode code) {
  CurlHop* self = nullptr;
  curl_easy_getinfo(transfer, CURLINFO_PRIVATE, &self);
  check(self != nullptr, "a transfer has lost its hop");
  self->under_way_ = false;
  self->finish(code);
  const Done done = std::move(self->done_);
  done(*self);  // destroys the hop
}

bool CurlHop::redirected(const HopResult& result) const {
  const int status = result.response.status;
  const bool follows = request_.keeps_method ? is_same_method_redirect(status) : is_redirect(status);
  return request_.follows_redirect && follows && !result.response.headers.get("Location").empty();
}

std::size_t CurlHop::on_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    stop_ = Stop::HeaderLimit;
    return 0;
  }
  const std::string_view text = trim(line);
  if (headers_ended_) {
    if (!text.starts_with("HTTP/")) return line.size();  // a trailer
    headers_ended_ = false;
  }
  if (text.empty()) {
    end_of_headers();
    return stop_ == Stop::None ? line.size() : 0;
  }
  if (text.starts_with("HTTP/")) {
    result_.response = {};
    result_.response.status = status_of(text);
    return line.size();
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    result_.response.headers.add(std::string(trim(text.substr(0, colon))),
                                 std::string(trim(text.substr(colon + 1))));
  }
  return line.size();
}

void CurlHop::end_of_headers() {
  if (result_.response.status < 200) return;  // an interim answer: the real one follows
  headers_ended_ = true;
  if (outbound_.inspect_tls) {
    curl_tlssessioninfo* session = nullptr;
    if (curl_easy_getinfo(transfer_, CURLINFO_TLS_SSL_PTR, &session) == CURLE_OK && session != nullptr &&
        session->backend == CURLSSLBACKEND_OPENSSL && session->internals != nullptr) {
      const auto handshake = TlsHandshake::of(static_cast<const SSL*>(session->internals));
      if (handshake) result_.tls = handshake->facts();
    }
  }
  // Whatever body a redirect has, it is not worth waiting for.
  if (redirected(result_) && result_.response.headers.get("Content-Length") != "0") stop_ = Stop::Redirect;
}

std::size_t CurlHop::on_body(std::string_view piece) {
  const std::uint64_t room =
      outbound_.max_response.count - std::min(outbound_.max_response.count, result_.body_bytes);
  const std::string_view taken = piece.substr(0, room);
  result_.body_bytes += taken.size();
  if (outbound_.keep_body) result_.response.body.append(taken);
  if (taken.size() == piece.size()) return piece.size();
  stop_ = outbound_.truncate_response ? Stop::BodyTruncated : Stop::BodyLimit;
  return 0;
}

TlsConfig CurlHop::tls_config() const {
  TlsConfig config = outbound_.config.tls;
  config.server_name = request_.server_name;
  return config;
}

CURLcode CurlHop::on_tls(void* context) {
  tls_started_ = clock_.mono();
  handshake_ = TlsHandshake::create(tls_config(), request_.url.host, outbound_.inspect_tls);
  const Result<void> prepared = handshake_->prepare(static_cast<SSL_CTX*>(context));
  if (prepared) return CURLE_OK;
  refused_step_ = FailedStep::Tls;
  refusal_ = prepared.error();
  return CURLE_SSL_CERTPROBLEM;
}

curl_socket_t CurlHop::on_open(const curl_sockaddr& address) {
  const std::optional<IpAddress> peer = address_of(address);
  if (outbound_.policy && peer) {
    if (const Result<void> allowed = outbound_.policy->check(*peer); !allowed) {
      refused_step_ = FailedStep::Policy;
      refusal_ = allowed.error();
      return CURL_SOCKET_BAD;
    }
  }
  return socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol);
}

std::size_t CurlHop::header_callback(char* bytes, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlHop*>(self)->on_header({bytes, size * count});
}

std::size_t CurlHop::body_callback(char* bytes, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlHop*>(self)->on_body({bytes, size * count});
}

CURLcode CurlHop::tls_callback(CURL* /*transfer*/, void* context, void* self) {
  return static_cast<CurlHop*>(self)->on_tls(context);
}

curl_socket_t CurlHop::open_callback(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  return static_cast<CurlHop*>(self)->on_open(*address);
}

}  // namespace picket
