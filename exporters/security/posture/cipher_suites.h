// The TLS cipher suites that a scan asks for, and which of them are weak. Source: the IANA registry of TLS
// cipher suites; RFC 9325 4.1 (no NULL, no RC4, no export, nothing below 128 bits, no static RSA, no static
// DH), RFC 8996, RFC 9155. Suites with forward secrecy and CBC are not counted as weak.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace picket::security {

enum class CipherWeakness : std::uint8_t {
  None,
  NoEncryption,      ///< NULL
  Export,            ///< 40 or 56 bits on purpose
  Anonymous,         ///< no certificate: anybody may answer
  Rc4,               ///< RFC 7465
  ShortKey,          ///< DES, 3DES: below 128 bits
  NoForwardSecrecy,  ///< static RSA, DH or ECDH
  Dss                ///< a signature of DSA
};
std::string_view to_string(CipherWeakness weakness);  ///< "no encryption", ...

struct CipherSuite {
  std::uint16_t code = 0;
  std::string_view name;  ///< IANA's
  CipherWeakness weakness = CipherWeakness::None;
};

/// Those of SSL 3.0 to TLS 1.2 that are weak.
std::span<const CipherSuite> weak_suites();
/// Those of SSL 3.0 to TLS 1.2 that are not.
std::span<const CipherSuite> sound_suites();
/// Null when it is neither.
const CipherSuite* find_suite(std::uint16_t code);

}  // namespace picket::security
