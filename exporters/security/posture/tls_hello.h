// One question to a TLS server and what it answered: a ClientHello for one version and a choice of cipher
// suites, and the first messages of the server. Written byte by byte, because a TLS library can only ask for
// what it speaks itself (OpenSSL 3 knows neither SSL 3.0 nor RC4). Pure. Source: RFC 6101, RFC 5246, RFC 8446.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picket::security {

enum class TlsProtocol : std::uint8_t { Ssl3, Tls10, Tls11, Tls12, Tls13 };
inline constexpr TlsProtocol kTlsProtocols[] = {TlsProtocol::Ssl3, TlsProtocol::Tls10, TlsProtocol::Tls11,
                                                TlsProtocol::Tls12, TlsProtocol::Tls13};
std::string_view to_string(TlsProtocol protocol);  ///< "SSL 3.0", "TLS 1.2": as TlsFacts::version

struct HelloQuestion {
  TlsProtocol version = TlsProtocol::Tls12;  ///< the newest that is offered
  std::vector<std::uint16_t> suites;         ///< without those of TLS 1.3, which are added for it
  std::string server_name;                   ///< "" for an address
  std::string random;                        ///< 64 unpredictable bytes
};
/// The record to send.
std::string client_hello(const HelloQuestion& question);

struct HelloAnswer {
  TlsProtocol version = TlsProtocol::Tls12;
  std::uint16_t suite = 0;
  bool compression = false;           ///< CRIME
  bool secure_renegotiation = false;  ///< RFC 5746; true for TLS 1.3, which has none
  std::optional<unsigned> dh_bits;    ///< of a finite-field group; none for other key exchanges
};

enum class HelloProgress : std::uint8_t {
  Incomplete,  ///< more bytes are needed
  Answered,
  Refused,   ///< a fatal alert that speaks of versions or suites
  NotClear,  ///< a fatal alert of another kind
  NotTls     ///< what came is no TLS
};

struct HelloReading {
  HelloProgress progress = HelloProgress::Incomplete;
  HelloAnswer answer;  ///< when Answered
  int alert = -1;      ///< the alert's number when Refused or NotClear
};
/// Reads what the server has sent so far. Answered needs the ServerHelloDone (not in TLS 1.3): a server that
/// chooses and then fails has not accepted.
HelloReading read_server_hello(std::string_view bytes);

/// No server needs more for its first messages (certificates are in them).
inline constexpr std::size_t kMaxServerHello = std::size_t{128} * 1024;

}  // namespace picket::security
