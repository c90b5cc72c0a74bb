// TLS as it is configured (the shape of Prometheus' tls_config) and as it was seen on a connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "base/time/clock.h"

namespace picket {

enum class TlsVersion { Tls10, Tls11, Tls12, Tls13 };
std::string_view to_string(TlsVersion version);  // "TLS 1.3"

struct TlsConfig {
  std::string ca_file;  ///< empty: the system's store
  std::string cert_file, key_file;
  std::string server_name;  ///< empty: the host connected to
  bool insecure_skip_verify = false;
  TlsVersion min_version = TlsVersion::Tls12;
  TlsVersion max_version = TlsVersion::Tls13;
};
/// Keys as in prometheus.yml; file names become relative to the config file. A file that cannot be used is a
/// problem.
void read_yaml(MapReader& r, TlsConfig& c);

struct CertificateFacts {
  std::string subject, issuer, serial;  // RFC 2253 names, hexadecimal serial
  std::string fingerprint_sha256;       // hexadecimal
  std::vector<std::string> alternative_names;
  WallTime not_before, not_after;
  std::string key_algorithm;        // "RSA", "EC", "ED25519", or "" when OpenSSL does not know it
  int key_bits = 0;                 // 0: not known
  std::string signature_algorithm;  // of the issuer's signature: "ecdsa-with-SHA256"
};

/// What is wrong with the certificates that a server sent, as far as it matters apart.
enum class CertificateFault : std::uint8_t {
  WrongName,      ///< the leaf is not for the name that was asked for
  Time,           ///< one is expired or not valid yet
  IssuerMissing,  ///< no issuer was found, neither among those sent nor in the store
  SelfSigned,     ///< the leaf, or a root that was sent, signs itself and is not in the store
  Other
};

/// What the stapled OCSP response (RFC 6960, RFC 6066 8) says of the leaf. Unavailable: none came, or one
/// that its issuer did not sign, that is out of date or of another certificate.
enum class OcspStatus : std::uint8_t { Good, Revoked, Unknown, Unavailable };

/// Filled also when verification failed, as far as the handshake came.
struct TlsFacts {
  std::string version, cipher;           ///< "TLS 1.3", "TLS_AES_256_GCM_SHA384"
  std::vector<CertificateFacts> served;  ///< leaf first
  bool verified = false;
  std::string verify_error;                      ///< why not, or ""
  std::vector<CertificateFault> faults;          ///< the same by kind, each kind once
  std::vector<CertificateFacts> verified_chain;  ///< leaf first, root last; empty when not verified
  std::optional<OcspStatus> ocsp;                ///< none: the handshake did not come that far
};

/// OpenSSL's connection of a library (libpq's PQsslStruct; null: it has none) holds bytes that its socket no
/// longer shows.
bool tls_holds_bytes(const void* openssl);

}  // namespace picket
