#include "base/net/tls.h"

#include <openssl/ssl.h>

#include <initializer_list>
#include <memory>
#include <utility>

#include "base/net/pem.h"

namespace picket {

namespace {

void read_path(MapReader& r, std::string_view key, std::string& path) {
  if (!r.read(key, path) || path.empty()) return;
  path = resolve_beside(r.context().problems.file(), path);
}

void read_version(MapReader& r, std::string_view key, TlsVersion& version) {
  r.read_enum(key, version,
              {{"TLS10", TlsVersion::Tls10},
               {"TLS11", TlsVersion::Tls11},
               {"TLS12", TlsVersion::Tls12},
               {"TLS13", TlsVersion::Tls13}});
}

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

/// A problem when `use` cannot take what the file `path` holds.
template <class Use>
void check_file(MapReader& r, std::string_view key, const std::string& path, Use use) {
  if (path.empty()) return;
  const Result<std::string> pem = r.context().files.read(path, kPemFileMax);
  if (!pem) return r.problem(key, pem.error().message);
  if (const Result<void> used = use(*pem); !used) r.problem(key, used.error().message);
}

/// Now, and not at the first connection.
void check_files(MapReader& r, const TlsConfig& c) {
  const Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) return r.problem("", "no memory for certificates");
  check_file(r, "ca_file", c.ca_file, [&](const std::string& pem) {
    return add_authorities(SSL_CTX_get_cert_store(context.get()), pem, c.ca_file);
  });
  check_file(r, "cert_file", c.cert_file,
             [&](const std::string& pem) { return use_chain(context.get(), pem, c.cert_file); });
  check_file(r, "key_file", c.key_file,
             [&](const std::string& pem) { return use_key(context.get(), pem, c.key_file); });
}

}  // namespace

std::string_view to_string(TlsVersion version) {
  switch (version) {
    case TlsVersion::Tls10:
      return "TLS 1.0";
    case TlsVersion::Tls11:
      return "TLS 1.1";
    case TlsVersion::Tls12:
      return "TLS 1.2";
    case TlsVersion::Tls13:
      return "TLS 1.3";
  }
  return "TLS 1.3";
}

void read_yaml(MapReader& r, TlsConfig& c) {
  read_path(r, "ca_file", c.ca_file);
  read_path(r, "cert_file", c.cert_file);
  read_path(r, "key_file", c.key_file);
  r.read("server_name", c.server_name);
  r.read("insecure_skip_verify", c.insecure_skip_verify);
  read_version(r, "min_version", c.min_version);
  read_version(r, "max_version", c.max_version);
  if (c.cert_file.empty() != c.key_file.empty()) {
    r.problem(c.cert_file.empty() ? "key_file" : "cert_file", "cert_file and key_file must both be given");
  }
  check_files(r, c);
  // Given alone, a bound moves the other one's default out of its way.
  if (c.max_version >= c.min_version) return;
  if (!r.has("min_version")) {
    c.min_version = c.max_version;
  } else {
    r.problem("max_version", "must not be lower than min_version");
  }
}

bool tls_holds_bytes(const void* openssl) {
  return openssl != nullptr && SSL_pending(static_cast<const SSL*>(openssl)) > 0;
}

}  // namespace picket
