#include "base/http/server_tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/http/server_certificate.h"
#include "base/net/ip_address.h"
#include "base/net/pem.h"
#include "base/net/tls_handshake.h"
#include "base/text/strings.h"

namespace picket {
namespace {

struct CipherName {
  std::string_view go;
  std::string_view openssl;
};
// The suites of crypto/tls that OpenSSL 3 still has, by both names.
constexpr std::array<CipherName, 14> kCiphers{
    {{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
     {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
     {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
     {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
     {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
     {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
     {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
     {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
     {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
     {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
     {"TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"},
     {"TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"},
     {"TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"},
     {"TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"}}};
constexpr std::array<std::string_view, 3> kTls13Suites{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                                       "TLS_CHACHA20_POLY1305_SHA256"};
constexpr std::array<CipherName, 4> kCurves{
    {{"X25519", "X25519"}, {"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}}};

Result<void> set_ciphers(SSL_CTX* context, const WebTls& config) {
  std::vector<std::string> named;
  for (const std::string& name : config.cipher_suites) {
    if (std::find(kTls13Suites.begin(), kTls13Suites.end(), name) != kTls13Suites.end()) continue;
    const auto known =
        std::find_if(kCiphers.begin(), kCiphers.end(), [&](const CipherName& c) { return c.go == name; });
    if (known == kCiphers.end()) {
      return fail(ErrorKind::InvalidInput, fmt::format("cipher_suites: \"{}\" is not known", name));
    }
    named.emplace_back(known->openssl);
  }
  if (!named.empty() && SSL_CTX_set_cipher_list(context, join(named, ":").c_str()) != 1) {
    return tls_failure("cipher_suites");
  }
  return {};
}

Result<void> set_curves(SSL_CTX* context, const WebTls& config) {
  std::vector<std::string> named;
  for (const std::string& name : config.curve_preferences) {
    const auto known =
        std::find_if(kCurves.begin(), kCurves.end(), [&](const CipherName& c) { return c.go == name; });
    if (known == kCurves.end()) {
      return fail(ErrorKind::InvalidInput, fmt::format("curve_preferences: \"{}\" is not known", name));
    }
    named.emplace_back(known->openssl);
  }
  if (!named.empty() && SSL_CTX_set1_groups_list(context, join(named, ":").c_str()) != 1) {
    return tls_failure("curve_preferences");
  }
  return {};
}

int accept_any(int /*preverified*/, X509_STORE_CTX* /*store*/) {
  return 1;
}

Result<void> set_client_auth(SSL_CTX* context, const WebTls& config) {
  switch (config.client_auth) {
    case ClientAuth::None:
      return {};
    case ClientAuth::Request:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
      break;
    case ClientAuth::RequireAny:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
      break;
    case ClientAuth::VerifyIfGiven:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
      break;
    case ClientAuth::RequireAndVerify:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      break;
  }
  return load_client_authorities(context, config);
}

std::string ip_text(const ASN1_OCTET_STRING* bytes) {
  const unsigned char* raw = ASN1_STRING_get0_data(bytes);
  if (ASN1_STRING_length(bytes) == 4) {
    std::array<std::uint8_t, 4> v4{};
    std::memcpy(v4.data(), raw, v4.size());
    return IpAddress::v4(v4).text();
  }
  if (ASN1_STRING_length(bytes) != 16) return {};
  std::array<std::uint8_t, 16> v6{};
  std::memcpy(v6.data(), raw, v6.size());
  return IpAddress::v6(v6).text();
}

std::string name_text(const GENERAL_NAME* name) {
  if (name->type == GEN_IPADD) return ip_text(name->d.iPAddress);
  const bool is_text = name->type == GEN_DNS || name->type == GEN_URI || name->type == GEN_EMAIL;
  if (!is_text) return {};
  const unsigned char* raw = ASN1_STRING_get0_data(name->d.ia5);
  return {reinterpret_cast<const char*>(raw), static_cast<std::size_t>(ASN1_STRING_length(name->d.ia5))};
}

}  // namespace

Result<TlsContext> make_server_context(const WebTls& config) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return tls_failure("TLS");
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (config.prefer_server_cipher_suites) {
    SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (config.min_version < TlsVersion::Tls12) SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), protocol_number(config.min_version));
  SSL_CTX_set_max_proto_version(context.get(), protocol_number(config.max_version));
  static constexpr std::array<unsigned char, 6> kSession{'p', 'i', 'c', 'k', 'e', 't'};
  SSL_CTX_set_session_id_context(context.get(), kSession.data(), kSession.size());
  for (const auto& step : {load_certificate, set_ciphers, set_curves, set_client_auth}) {
    if (const Result<void> done = step(context.get(), config); !done) return fail(done);
  }
  return context;
}

bool has_allowed_name(SSL* connection, const std::vector<std::string>& allowed) {
  if (allowed.empty()) return true;
  const X509* certificate = SSL_get0_peer_certificate(connection);
  if (!certificate) return false;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string text = name_text(sk_GENERAL_NAME_value(names.get(), i));
    if (!text.empty() && std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return true;
  }
  return false;
}

bool has_verified_certificate(SSL* connection, ClientAuth mode) {
  const bool is_verifying = mode == ClientAuth::VerifyIfGiven || mode == ClientAuth::RequireAndVerify;
  return is_verifying && SSL_get0_peer_certificate(connection) != nullptr &&
         SSL_get_verify_result(connection) == X509_V_OK;
}

/// Changes when one of the files does.
std::string ServerTls::stamp(const WebTls& config) const {
  std::string text;
  for (const std::string& path : {config.cert_file, config.key_file, config.client_ca_file}) {
    if (!path.empty()) text += fmt::format("{} ", files_.modified(path).value_or(0));
  }
  return text;
}

Result<void> ServerTls::refresh() {
  const MutexLock refreshing(refreshing_);
  Result<void> reloaded = web_.reload();
  const std::shared_ptr<const WebConfig> config = web_.current();
  const std::string now = config->tls ? stamp(*config->tls) : "";
  if (config == config_ && now == stamp_) return reloaded;
  TlsContext made;
  if (config->tls) {
    Result<TlsContext> result = make_server_context(*config->tls);
    if (!result) return fail(result);
    made = std::move(*result);
  }
  config_ = config;
  stamp_ = now;
  const MutexLock lock(mutex_);
  context_ = std::move(made);
  return reloaded;
}

TlsContext ServerTls::context() const {
  const MutexLock lock(mutex_);
  return context_;
}

}  // namespace picket
