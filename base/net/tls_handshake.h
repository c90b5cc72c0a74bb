// One client-side TLS handshake: sets up OpenSSL as a TlsConfig says, verifies chain and name, and records
// what was seen, also when the verification fails. Used by Stream and CurlClient; for base/net and base/http
// only. Use it on one thread.
#pragma once

#include <memory>
#include <string>

#include "base/net/tls.h"
#include "base/net/trust_store.h"

struct ssl_ctx_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace picket {

/// What OpenSSL calls it.
int protocol_number(TlsVersion version);

class TlsHandshake {
 public:
  /// `host` is the name or address connected to; the configured server_name takes its place. With `inspect`
  /// false the certificates are not described, which saves time.
  static std::shared_ptr<TlsHandshake> create(TlsConfig config, const std::string& host, bool inspect);

  /// Sets versions, authorities, client certificate and verification; the context then keeps this object
  /// alive. InvalidInput when a file cannot be used.
  Result<void> prepare(ssl_ctx_st* context);
  /// The handshake that set `connection` up, also long after it; null for a connection of other origin.
  static std::shared_ptr<const TlsHandshake> of(const ssl_st* connection);

  const TlsFacts& facts() const { return facts_; }

 private:
  TlsHandshake(TlsConfig config, const std::string& host, bool inspect);
  Result<void> set_versions(ssl_ctx_st* context) const;
  Result<void> set_client_certificate(ssl_ctx_st* context) const;
  void keep_alive_by(ssl_ctx_st* context);
  static int on_verify(x509_store_ctx_st* chain, void* self);
  static int on_verify_error(int ok, x509_store_ctx_st* chain);
  static void on_state(const ssl_st* connection, int where, int result);
  static int on_stapled(ssl_st* connection, void* self);
  bool verify(x509_store_ctx_st* chain);
  void note_connection(const ssl_st* connection);
  void expect_name(x509_store_ctx_st* chain) const;
  void add_error(int code);
  void add_fault(CertificateFault fault);

  const TlsConfig config_;
  const std::string name_;  // to verify
  std::string sni_;
  const bool inspect_;
  std::weak_ptr<TlsHandshake> self_;
  std::vector<int> errors_;
  TlsFacts facts_;
};

}  // namespace picket
