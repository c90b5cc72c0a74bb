#include "base/net/tls_handshake.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "base/net/certificate_facts.h"
#include "base/net/ip_address.h"
#include "base/net/ocsp.h"
#include "base/net/pem.h"

namespace picket {

namespace {

constexpr int kMaxDepth = 20;
constexpr std::size_t kMaxErrors = 5;

std::string version_text(const SSL* connection) {
  switch (SSL_version(connection)) {
    case TLS1_VERSION:
      return "TLS 1.0";
    case TLS1_1_VERSION:
      return "TLS 1.1";
    case TLS1_2_VERSION:
      return "TLS 1.2";
    case TLS1_3_VERSION:
      return "TLS 1.3";
    default:
      return "unknown";
  }
}

CertificateFault fault_of(int code) {
  switch (code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return CertificateFault::WrongName;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return CertificateFault::Time;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return CertificateFault::IssuerMissing;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return CertificateFault::SelfSigned;
    default:
      return CertificateFault::Other;
  }
}

std::string without_final_dot(const std::string& host) {
  return !host.empty() && host.back() == '.' ? host.substr(0, host.size() - 1) : host;
}

using Owner = std::shared_ptr<TlsHandshake>;

/// OpenSSL's slot in a context for the handshake it keeps alive.
int owner_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr,
      [](void*, void* owner, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Owner*>(owner); });
  return slot;
}

/// The same in a verification, for the callback that has no argument of its own.
int verification_slot() {
  static const int slot = X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

using UsePem = Result<void> (*)(SSL_CTX* context, const std::string& pem, std::string_view what);

/// Puts the file that the key `key` names into the context.
Result<void> use_file(SSL_CTX* context, std::string_view key, const std::string& file, UsePem use) {
  const std::string what = fmt::format("{} {} cannot be used", key, file);
  const Result<std::string> pem = read_pem(file);
  if (!pem) return fail(ErrorKind::InvalidInput, fmt::format("{}: {}", key, pem.error().message));
  return use(context, *pem, what);
}

}  // namespace

int protocol_number(TlsVersion version) {
  switch (version) {
    case TlsVersion::Tls10:
      return TLS1_VERSION;
    case TlsVersion::Tls11:
      return TLS1_1_VERSION;
    case TlsVersion::Tls12:
      return TLS1_2_VERSION;
    case TlsVersion::Tls13:
      return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

std::shared_ptr<TlsHandshake> TlsHandshake::create(TlsConfig config, const std::string& host, bool inspect) {
  std::shared_ptr<TlsHandshake> self(new TlsHandshake(std::move(config), host, inspect));
  self->self_ = self;
  return self;
}

TlsHandshake::TlsHandshake(TlsConfig config, const std::string& host, bool inspect)
    : config_(std::move(config)),
      name_(without_final_dot(config_.server_name.empty() ? host : config_.server_name)),
      inspect_(inspect) {
  if (!IpAddress::parse(name_)) sni_ = name_;
}

Result<void> TlsHandshake::prepare(ssl_ctx_st* context) {
  if (name_.empty()) return fail(ErrorKind::InvalidInput, "TLS needs a server name to verify");
  if (const Result<void> set = set_versions(context); !set) return fail(set);
  const Result<TrustStore> store = trust_store(config_.ca_file);
  if (!store) return fail(store);
  SSL_CTX_set1_cert_store(context, store->get());
  if (const Result<void> set = set_client_certificate(context); !set) return fail(set);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &TlsHandshake::on_verify, this);
  SSL_CTX_set_info_callback(context, &TlsHandshake::on_state);
  if (inspect_) {
    SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    // SSL_CTX_set_tlsext_status_cb() without its cast of old style.
    SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB,
                          reinterpret_cast<void (*)()>(&TlsHandshake::on_stapled));
    SSL_CTX_set_tlsext_status_arg(context, this);
  }
  keep_alive_by(context);
  return {};
}

void TlsHandshake::keep_alive_by(ssl_ctx_st* context) {
  delete static_cast<Owner*>(SSL_CTX_get_ex_data(context, owner_slot()));
  SSL_CTX_set_ex_data(context, owner_slot(), new Owner(self_.lock()));
}

Result<void> TlsHandshake::set_versions(ssl_ctx_st* context) const {
  // OpenSSL 3 speaks TLS 1.0 and 1.1 at security level 0 only.
  if (config_.min_version < TlsVersion::Tls12) SSL_CTX_set_security_level(context, 0);
  const bool set = SSL_CTX_set_min_proto_version(context, protocol_number(config_.min_version)) == 1 &&
                   SSL_CTX_set_max_proto_version(context, protocol_number(config_.max_version)) == 1;
  if (!set) return fail(ErrorKind::InvalidInput, "the TLS versions asked for are not available");
  return {};
}

Result<void> TlsHandshake::set_client_certificate(ssl_ctx_st* context) const {
  if (config_.cert_file.empty()) return {};
  if (auto used = use_file(context, "cert_file", config_.cert_file, use_chain); !used) return used;
  return use_file(context, "key_file", config_.key_file, use_key);
}

std::shared_ptr<const TlsHandshake> TlsHandshake::of(const ssl_st* connection) {
  const auto* owner =
      static_cast<const Owner*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), owner_slot()));
  return owner == nullptr ? nullptr : *owner;
}

void TlsHandshake::on_state(const ssl_st* connection, int where, int /*result*/) {
  if ((where & (SSL_CB_HANDSHAKE_START | SSL_CB_HANDSHAKE_DONE)) == 0) return;
  auto* owner = static_cast<Owner*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), owner_slot()));
  if (owner == nullptr) return;
  TlsHandshake& self = **owner;
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) return self.note_connection(connection);
  if (self.sni_.empty()) return;
  // A library that sets the server name itself (libcurl) knows nothing of a configured one. OpenSSL hands its
  // own mutable object out as const here; it copies the name.
  auto* mutable_connection = const_cast<SSL*>(connection);
  SSL_ctrl(mutable_connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, self.sni_.data());
}

/// It is told, not judged: the handshake goes on.
int TlsHandshake::on_stapled(ssl_st* connection, void* self) {
  static_cast<TlsHandshake*>(self)->facts_.ocsp = stapled_status(connection);
  return 1;
}

int TlsHandshake::on_verify(x509_store_ctx_st* chain, void* self) {
  auto* handshake = static_cast<TlsHandshake*>(self);
  if (handshake->config_.insecure_skip_verify && !handshake->inspect_) return 1;
  handshake->note_connection(
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx())));
  const bool verified = handshake->verify(chain);
  return verified || handshake->config_.insecure_skip_verify ? 1 : 0;
}

bool TlsHandshake::verify(x509_store_ctx_st* chain) {
  if (inspect_) facts_.served = certificate_facts(X509_STORE_CTX_get0_untrusted(chain));
  errors_.clear();
  facts_.verify_error.clear();
  facts_.faults.clear();
  expect_name(chain);
  X509_STORE_CTX_set_ex_data(chain, verification_slot(), this);
  X509_STORE_CTX_set_verify_cb(chain, &TlsHandshake::on_verify_error);
  const int result = X509_verify_cert(chain);
  // on_verify_error lets every error pass to see them all: no error seen is what counts.
  if (result != 1 && errors_.empty()) add_error(X509_STORE_CTX_get_error(chain));
  facts_.verified = result == 1 && errors_.empty();
  if (facts_.verified && inspect_)
    facts_.verified_chain = certificate_facts(X509_STORE_CTX_get0_chain(chain));
  X509_STORE_CTX_set_error(chain, errors_.empty() ? X509_V_OK : errors_.front());
  return facts_.verified;
}

void TlsHandshake::expect_name(x509_store_ctx_st* chain) const {
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(chain);
  X509_VERIFY_PARAM_set_depth(wanted, kMaxDepth);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (sni_.empty()) {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, name_.c_str());
  } else {
    X509_VERIFY_PARAM_set1_host(wanted, name_.c_str(), name_.size());
  }
}

int TlsHandshake::on_verify_error(int ok, x509_store_ctx_st* chain) {
  if (ok == 1) return 1;
  auto* self = static_cast<TlsHandshake*>(X509_STORE_CTX_get_ex_data(chain, verification_slot()));
  self->add_error(X509_STORE_CTX_get_error(chain));
  return 1;
}

void TlsHandshake::add_error(int code) {
  add_fault(fault_of(code));
  const bool known = std::find(errors_.begin(), errors_.end(), code) != errors_.end();
  if (known || errors_.size() >= kMaxErrors) return;
  errors_.push_back(code);
  std::string text = X509_verify_cert_error_string(code);
  if (code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    text = fmt::format("the certificate is not for {}", name_);
  }
  facts_.verify_error += (facts_.verify_error.empty() ? "" : "; ") + text;
}

void TlsHandshake::add_fault(CertificateFault fault) {
  const bool known = std::find(facts_.faults.begin(), facts_.faults.end(), fault) != facts_.faults.end();
  if (!known) facts_.faults.push_back(fault);
}

void TlsHandshake::note_connection(const ssl_st* connection) {
  if (connection == nullptr || !inspect_) return;
  const SSL_CIPHER* cipher = SSL_get_current_cipher(connection);
  if (cipher == nullptr) cipher = SSL_get_pending_cipher(connection);
  facts_.version = version_text(connection);
  if (cipher != nullptr) facts_.cipher = SSL_CIPHER_get_name(cipher);
  if (facts_.served.empty()) facts_.served = certificate_facts(SSL_get_peer_cert_chain(connection));
}

}  // namespace picket
