#include <charconv>

#include "base/net/ip_address.h"

namespace picket {

namespace {

Failure no_endpoint(std::string_view text) {
  return fail(ErrorKind::InvalidInput,
              fmt::format("\"{}\" is not of the form host:port", text.substr(0, 300)));
}

/// Splits at the last colon; the host keeps its brackets.
bool split_endpoint(std::string_view text, std::string_view& host, std::string_view& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  host = text.substr(0, colon);
  port = text.substr(colon + 1);
  return !host.empty();
}

bool is_host(std::string_view host) {
  for (const char c : host) {
    const bool printable = static_cast<unsigned char>(c) > ' ' && c != 0x7f;
    if (!printable || std::string_view(":/@[]?#\\").find(c) != std::string_view::npos) return false;
  }
  return !host.empty() && host.size() <= 253;
}

}  // namespace

Result<HostPort> HostPort::parse(std::string_view text) {
  std::string_view host;
  std::string_view port_text;
  if (!split_endpoint(text, host, port_text)) return no_endpoint(text);
  HostPort endpoint;
  const char* last = port_text.data() + port_text.size();
  const auto [end, error] = std::from_chars(port_text.data(), last, endpoint.port);
  if (error != std::errc{} || end != last || endpoint.port == 0) return no_endpoint(text);
  if (host.front() == '[') {
    const Result<IpAddress> address = IpAddress::parse(host);
    if (!address) return no_endpoint(text);
    endpoint.host = address->text();
    return endpoint;
  }
  if (!is_host(host)) return no_endpoint(text);
  endpoint.host = std::string(host);
  return endpoint;
}

std::string HostPort::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

}  // namespace picket
