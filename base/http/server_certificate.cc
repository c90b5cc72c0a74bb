#include "base/http/server_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <vector>

#include "base/net/pem.h"

namespace picket {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio reader_of(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

/// "tls_server_config.key_file (line 3): x.pem", or without a file "tls_server_config.key (line 3)".
std::string place(std::string_view key, const std::string& file, Position position) {
  const std::string line = position.line > 0 ? fmt::format(" (line {})", position.line) : "";
  if (file.empty()) return fmt::format("tls_server_config.{}{}", key, line);
  return fmt::format("tls_server_config.{}_file{}: {}", key, line, file);
}

std::string cert_place(const WebTls& c) {
  return place("cert", c.cert_file, c.cert_place);
}
std::string key_place(const WebTls& c) {
  return place("key", c.key_file, c.key_place);
}
std::string client_ca_place(const WebTls& c) {
  return place("client_ca", c.client_ca_file, c.client_ca_place);
}

/// OpenSSL says "unsupported" or "no start line" of a text in which there is nothing of the kind.
Failure pem_failure(const std::string& place, std::string_view kind) {
  const unsigned long code = ERR_peek_error();
  const bool is_absent =
      ERR_GET_REASON(code) == PEM_R_NO_START_LINE || ERR_GET_REASON(code) == ERR_R_UNSUPPORTED;
  if (!is_absent) return tls_failure(place);
  ERR_clear_error();
  return fail(ErrorKind::InvalidInput, fmt::format("{} holds no {} in PEM", place, kind));
}

/// A prompt for a passphrase would stop a daemon for ever.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return 0;
}

/// Every certificate of the text, in order; none when one of them is broken.
std::vector<Certificate> read_certificates(const std::string& pem) {
  std::vector<Certificate> all;
  const Bio reader = reader_of(pem);
  while (X509* next = PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr)) {
    all.emplace_back(next, X509_free);
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) all.clear();
  if (!all.empty()) ERR_clear_error();
  return all;
}

Result<void> use_chain_text(SSL_CTX* context, const WebTls& config) {
  const std::vector<Certificate> chain = read_certificates(config.cert);
  if (chain.empty() || SSL_CTX_use_certificate(context, chain.front().get()) != 1)
    return pem_failure(cert_place(config), "certificate");
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return tls_failure(cert_place(config));
  }
  return {};
}

Result<void> use_key_text(SSL_CTX* context, const WebTls& config) {
  const std::string& pem = config.key.reveal();
  const Bio reader = reader_of(pem);
  const Key key(PEM_read_bio_PrivateKey(reader.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return pem_failure(key_place(config), "private key without a passphrase");
  return {};
}

Result<void> use_authorities_text(SSL_CTX* context, const WebTls& config) {
  const std::vector<Certificate> all = read_certificates(config.client_ca);
  if (all.empty()) return pem_failure(client_ca_place(config), "certificate");
  for (const Certificate& authority : all) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
      return tls_failure(client_ca_place(config));
    }
  }
  return {};
}

/// The text that a file holds takes the place of one in the config.
Result<void> read_into(std::string& text, const std::string& file, const std::string& place) {
  if (file.empty()) return {};
  Result<std::string> read = read_pem(file);
  // What the place says of the file, the error says, too.
  if (!read)
    return fail(read.error().kind,
                fmt::format("{}: {}", place.substr(0, place.find(": ")), read.error().message));
  text = std::move(*read);
  return {};
}

}  // namespace

Result<void> load_certificate(SSL_CTX* context, const WebTls& given) {
  WebTls config = given;
  std::string key = config.key.reveal();
  if (Result<void> read = read_into(key, config.key_file, key_place(config)); !read) return read;
  config.key = Secret(std::move(key));
  if (Result<void> read = read_into(config.cert, config.cert_file, cert_place(config)); !read) return read;
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  // The key first: of a certificate that is not its own OpenSSL drops it, whatever their types.
  if (Result<void> used = use_key_text(context, config); !used) return used;
  if (Result<void> used = use_chain_text(context, config); !used) return used;
  if (SSL_CTX_check_private_key(context) == 1) return {};
  ERR_clear_error();
  return fail(ErrorKind::InvalidInput,
              fmt::format("{} does not belong to the certificate", key_place(config)));
}

Result<void> load_client_authorities(SSL_CTX* context, const WebTls& given) {
  WebTls config = given;
  const std::string place = client_ca_place(config);
  if (Result<void> read = read_into(config.client_ca, config.client_ca_file, place); !read) return read;
  if (!config.client_ca.empty()) return use_authorities_text(context, config);
  if (!config.client_ca_file.empty()) return pem_failure(place, "certificate");
  if (SSL_CTX_set_default_verify_paths(context) != 1) return tls_failure("the system's authorities");
  return {};
}

}  // namespace picket
