#include "exporters/security/posture/cipher_suites.h"

#include <algorithm>
#include <array>

namespace picket::security {

namespace {

using enum CipherWeakness;

constexpr std::array kWeak = {
    CipherSuite{0x0001, "TLS_RSA_WITH_NULL_MD5", NoEncryption},
    CipherSuite{0x0002, "TLS_RSA_WITH_NULL_SHA", NoEncryption},
    CipherSuite{0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", Export},
    CipherSuite{0x0004, "TLS_RSA_WITH_RC4_128_MD5", Rc4},
    CipherSuite{0x0005, "TLS_RSA_WITH_RC4_128_SHA", Rc4},
    CipherSuite{0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", Export},
    CipherSuite{0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", Export},
    CipherSuite{0x0009, "TLS_RSA_WITH_DES_CBC_SHA", ShortKey},
    CipherSuite{0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0x000D, "TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0x0010, "TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0x0011, "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA", Export},
    CipherSuite{0x0012, "TLS_DHE_DSS_WITH_DES_CBC_SHA", ShortKey},
    CipherSuite{0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", Export},
    CipherSuite{0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA", ShortKey},
    CipherSuite{0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0x0017, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5", Export},
    CipherSuite{0x0018, "TLS_DH_anon_WITH_RC4_128_MD5", Anonymous},
    CipherSuite{0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA", Export},
    CipherSuite{0x001A, "TLS_DH_anon_WITH_DES_CBC_SHA", Anonymous},
    CipherSuite{0x001B, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA", Anonymous},
    CipherSuite{0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0030, "TLS_DH_DSS_WITH_AES_128_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0031, "TLS_DH_RSA_WITH_AES_128_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", Dss},
    CipherSuite{0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA", Anonymous},
    CipherSuite{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0036, "TLS_DH_DSS_WITH_AES_256_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0037, "TLS_DH_RSA_WITH_AES_256_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", Dss},
    CipherSuite{0x003A, "TLS_DH_anon_WITH_AES_256_CBC_SHA", Anonymous},
    CipherSuite{0x003B, "TLS_RSA_WITH_NULL_SHA256", NoEncryption},
    CipherSuite{0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256", NoForwardSecrecy},
    CipherSuite{0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256", NoForwardSecrecy},
    CipherSuite{0x0040, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256", Dss},
    CipherSuite{0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0044, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA", Dss},
    CipherSuite{0x0046, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA", Anonymous},
    CipherSuite{0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", Export},
    CipherSuite{0x0064, "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", Export},
    CipherSuite{0x006A, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256", Dss},
    CipherSuite{0x006C, "TLS_DH_anon_WITH_AES_128_CBC_SHA256", Anonymous},
    CipherSuite{0x006D, "TLS_DH_anon_WITH_AES_256_CBC_SHA256", Anonymous},
    CipherSuite{0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0087, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA", Dss},
    CipherSuite{0x0089, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA", Anonymous},
    CipherSuite{0x0096, "TLS_RSA_WITH_SEED_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0x0099, "TLS_DHE_DSS_WITH_SEED_CBC_SHA", Dss},
    CipherSuite{0x009B, "TLS_DH_anon_WITH_SEED_CBC_SHA", Anonymous},
    CipherSuite{0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256", NoForwardSecrecy},
    CipherSuite{0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384", NoForwardSecrecy},
    CipherSuite{0x00A0, "TLS_DH_RSA_WITH_AES_128_GCM_SHA256", NoForwardSecrecy},
    CipherSuite{0x00A1, "TLS_DH_RSA_WITH_AES_256_GCM_SHA384", NoForwardSecrecy},
    CipherSuite{0x00A2, "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", Dss},
    CipherSuite{0x00A3, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384", Dss},
    CipherSuite{0x00A6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256", Anonymous},
    CipherSuite{0x00A7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384", Anonymous},
    CipherSuite{0x00BA, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256", NoForwardSecrecy},
    CipherSuite{0x00BD, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256", Dss},
    CipherSuite{0x00BF, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256", Anonymous},
    CipherSuite{0x00C0, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256", NoForwardSecrecy},
    CipherSuite{0x00C3, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256", Dss},
    CipherSuite{0x00C5, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256", Anonymous},
    CipherSuite{0xC001, "TLS_ECDH_ECDSA_WITH_NULL_SHA", NoEncryption},
    CipherSuite{0xC002, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA", Rc4},
    CipherSuite{0xC003, "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0xC004, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0xC005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0xC006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA", NoEncryption},
    CipherSuite{0xC007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", Rc4},
    CipherSuite{0xC008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0xC00B, "TLS_ECDH_RSA_WITH_NULL_SHA", NoEncryption},
    CipherSuite{0xC00C, "TLS_ECDH_RSA_WITH_RC4_128_SHA", Rc4},
    CipherSuite{0xC00D, "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0xC00E, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0xC00F, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA", NoForwardSecrecy},
    CipherSuite{0xC010, "TLS_ECDHE_RSA_WITH_NULL_SHA", NoEncryption},
    CipherSuite{0xC011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", Rc4},
    CipherSuite{0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", ShortKey},
    CipherSuite{0xC015, "TLS_ECDH_anon_WITH_NULL_SHA", NoEncryption},
    CipherSuite{0xC016, "TLS_ECDH_anon_WITH_RC4_128_SHA", Anonymous},
    CipherSuite{0xC017, "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA", Anonymous},
    CipherSuite{0xC018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", Anonymous},
    CipherSuite{0xC019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", Anonymous},
    CipherSuite{0xC025, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256", NoForwardSecrecy},
    CipherSuite{0xC026, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384", NoForwardSecrecy},
    CipherSuite{0xC029, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256", NoForwardSecrecy},
    CipherSuite{0xC02A, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384", NoForwardSecrecy},
    CipherSuite{0xC02D, "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", NoForwardSecrecy},
    CipherSuite{0xC02E, "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384", NoForwardSecrecy},
    CipherSuite{0xC031, "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", NoForwardSecrecy},
    CipherSuite{0xC032, "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384", NoForwardSecrecy},
    CipherSuite{0xC050, "TLS_RSA_WITH_ARIA_128_GCM_SHA256", NoForwardSecrecy},
    CipherSuite{0xC051, "TLS_RSA_WITH_ARIA_256_GCM_SHA384", NoForwardSecrecy},
    CipherSuite{0xC09C, "TLS_RSA_WITH_AES_128_CCM", NoForwardSecrecy},
    CipherSuite{0xC09D, "TLS_RSA_WITH_AES_256_CCM", NoForwardSecrecy},
    CipherSuite{0xC0A0, "TLS_RSA_WITH_AES_128_CCM_8", NoForwardSecrecy},
    CipherSuite{0xC0A1, "TLS_RSA_WITH_AES_256_CCM_8", NoForwardSecrecy},
};

constexpr std::array kSound = {
    CipherSuite{0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", None},
    CipherSuite{0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", None},
    CipherSuite{0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", None},
    CipherSuite{0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", None},
    CipherSuite{0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", None},
    CipherSuite{0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", None},
    CipherSuite{0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", None},
    CipherSuite{0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", None},
    CipherSuite{0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", None},
    CipherSuite{0xC0AC, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", None},
    CipherSuite{0xC0AD, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", None},
    CipherSuite{0xC09E, "TLS_DHE_RSA_WITH_AES_128_CCM", None},
    CipherSuite{0xC09F, "TLS_DHE_RSA_WITH_AES_256_CCM", None},
    CipherSuite{0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", None},
    CipherSuite{0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", None},
    CipherSuite{0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", None},
    CipherSuite{0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", None},
    CipherSuite{0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", None},
    CipherSuite{0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", None},
    CipherSuite{0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", None},
    CipherSuite{0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", None},
    CipherSuite{0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", None},
    CipherSuite{0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", None},
    CipherSuite{0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", None},
    CipherSuite{0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", None},
    CipherSuite{0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA", None},
    CipherSuite{0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", None},
    CipherSuite{0xC072, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256", None},
    CipherSuite{0xC076, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", None},
};

const CipherSuite* find_in(std::span<const CipherSuite> suites, std::uint16_t code) {
  const auto found = std::ranges::find(suites, code, &CipherSuite::code);
  return found == suites.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(CipherWeakness weakness) {
  switch (weakness) {
    case None:
      return "sound";
    case NoEncryption:
      return "no encryption";
    case Export:
      return "export";
    case Anonymous:
      return "no certificate";
    case Rc4:
      return "RC4";
    case ShortKey:
      return "below 128 bits";
    case NoForwardSecrecy:
      return "no forward secrecy";
    case Dss:
      return "DSA";
  }
  return "";
}

std::span<const CipherSuite> weak_suites() {
  return kWeak;
}

std::span<const CipherSuite> sound_suites() {
  return kSound;
}

const CipherSuite* find_suite(std::uint16_t code) {
  const CipherSuite* weak = find_in(kWeak, code);
  return weak != nullptr ? weak : find_in(kSound, code);
}

}  // namespace picket::security
