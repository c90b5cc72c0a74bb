#include "base/daemon/healthcheck.h"

#include <httplib.h>

#include "base/http/web_config.h"
#include "base/net/ip_address.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr time_t kTimeoutSeconds = 5;
constexpr std::size_t kReasonMax = 300;
constexpr std::string_view kPath = "/-/ready";

/// Where a client reaches what listens on `address`.
std::string reachable(std::string_view address) {
  if (address.starts_with(':')) return fmt::format("127.0.0.1{}", address);
  if (address.starts_with("0.0.0.0:")) return fmt::format("127.0.0.1{}", address.substr(7));
  if (address.starts_with("[::]:")) return fmt::format("[::1]{}", address.substr(4));
  return std::string(address);
}

template <class Client>
httplib::Result ask(Client& client) {
  client.set_connection_timeout(kTimeoutSeconds);
  client.set_read_timeout(kTimeoutSeconds);
  return client.Get(std::string(kPath));
}

Result<void> judge(const httplib::Result& answer, std::string_view address) {
  if (!answer) {
    return fail(ErrorKind::Unavailable, fmt::format("{}: {}", address, httplib::to_string(answer.error())));
  }
  if (answer->status == 200 || answer->status == 401) return {};
  const std::string reason = truncate(repair_utf8(trim(answer->body)), kReasonMax);
  return fail(ErrorKind::Unavailable, fmt::format("{}: answered {}: {}", address, answer->status, reason));
}

/// Without a client certificate the handshake fails, but only where somebody listens.
Result<void> judge_mutual_tls(const httplib::Result& answer, std::string_view address) {
  const bool dead = !answer && (answer.error() == httplib::Error::Connection ||
                                answer.error() == httplib::Error::ConnectionTimeout);
  return dead ? judge(answer, address) : Result<void>();
}

Result<void> check_tls(const HostPort& endpoint, const WebTls& tls, std::string_view address) {
  httplib::SSLClient client(endpoint.host, endpoint.port);
  // It asks itself on this machine, and the certificate is made out to a name that others use.
  client.enable_server_certificate_verification(false);
  const httplib::Result answer = ask(client);
  const bool wants_certificate =
      tls.client_auth == ClientAuth::RequireAny || tls.client_auth == ClientAuth::RequireAndVerify;
  return wants_certificate ? judge_mutual_tls(answer, address) : judge(answer, address);
}

}  // namespace

Result<void> check_health(const DaemonFlags& flags, const Files& files) {
  const std::string address = reachable(flags.listen.front());
  WebConfig web;
  if (!flags.web_config_file.empty()) {
    Result<WebConfig> loaded = load_config<WebConfig>(flags.web_config_file, files);
    if (!loaded) return fail(loaded);
    web = std::move(*loaded);
  }
  if (address.starts_with("unix:")) {
    httplib::Client client(address.substr(5));
    client.set_address_family(AF_UNIX);
    client.set_default_headers({{"Host", "localhost"}});
    return judge(ask(client), address);
  }
  const Result<HostPort> endpoint = HostPort::parse(address);
  if (!endpoint) return fail(endpoint, "--web.listen-address");
  if (web.tls) return check_tls(*endpoint, *web.tls, address);
  httplib::Client client(endpoint->host, endpoint->port);
  return judge(ask(client), address);
}

}  // namespace picket
