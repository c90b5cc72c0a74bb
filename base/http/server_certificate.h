// What web.config.yml names for TLS, put into an OpenSSL context: the server's certificate chain and key and
// the authorities of clients, each from a file or from the PEM text in the config. Errors name the file or
// key and never show what stands in it. Internal to ServerTls.
#pragma once

#include <openssl/ssl.h>

#include "base/http/web_config.h"

namespace picket {

/// Chain and key; InvalidInput also when they do not belong together.
Result<void> load_certificate(SSL_CTX* context, const WebTls& config);
/// Those who sign clients' certificates; without any in the config, the system's.
Result<void> load_client_authorities(SSL_CTX* context, const WebTls& config);

}  // namespace picket
