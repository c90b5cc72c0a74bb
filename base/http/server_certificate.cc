#include "base/http/server_certificate.h"

#include <openssl/err.h>

#include <vector>

#include "base/net/pem.h"

namespace picket {
namespace {

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

Result<void> use_authorities_text(SSL_CTX* context, const WebTls& config) {
  const std::vector<X509Ptr> all = certificates_in(config.client_ca);
  if (all.empty()) return pem_failure(client_ca_place(config), "certificate");
  for (const X509Ptr& authority : all) {
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
  // The key first: of a certificate that is not its own OpenSSL drops it, whatever their types.
  if (Result<void> used = use_key(context, config.key.reveal(), key_place(config)); !used) return used;
  if (Result<void> used = use_chain(context, config.cert, cert_place(config)); !used) return used;
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
