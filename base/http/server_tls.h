// The TLS side of web.config.yml as an OpenSSL context, made again when the config or one of its files has
// changed. A broken change keeps the last good one. Safe from any thread.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/exec/mutex.h"
#include "base/files/files.h"
#include "base/http/web_config.h"

namespace picket {

using TlsContext = std::shared_ptr<SSL_CTX>;

/// InvalidInput names the file or key that does not work.
Result<TlsContext> make_server_context(const WebTls& config);

/// Whether the verified client's certificate has one of these names; true when `allowed` is empty.
bool has_allowed_name(SSL* connection, const std::vector<std::string>& allowed);

/// Whether the client has shown a certificate that was to be verified, and was. Two of the modes take any.
bool has_verified_certificate(SSL* connection, ClientAuth mode);

class ServerTls {
 public:
  ServerTls(WebConfigFile& web, const Files& files) : web_(web), files_(files) {}

  /// Looks at the config and the files; makes a new context when one changed. Blocks on the disk.
  Result<void> refresh() EXCLUDES(mutex_, refreshing_);
  /// Null: serve without TLS.
  TlsContext context() const EXCLUDES(mutex_);

 private:
  std::string stamp(const WebTls& config) const;

  WebConfigFile& web_;
  const Files& files_;
  Mutex refreshing_;
  std::shared_ptr<const WebConfig> config_ GUARDED_BY(refreshing_);
  std::string stamp_ GUARDED_BY(refreshing_);
  mutable Mutex mutex_;
  TlsContext context_ GUARDED_BY(mutex_);
};

}  // namespace picket
