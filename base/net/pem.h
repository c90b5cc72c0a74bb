// Certificates and keys: PEM text and the files that hold it. OpenSSL and libcurl are given text, never a
// path: they would wait for ever for a file that is a pipe. For base/net, base/http and base/deliver; safe
// from any thread.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"
#include "base/text/bytes.h"

namespace picket {

constexpr Bytes kPemFileMax = 4_MiB;

/// A file of certificates or of a key, as Files::read() has it; it does not wait.
Result<std::string> read_pem(const std::string& file);

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
/// Every certificate of the text, in order; none when one of them is broken, or when there is none: the reason
/// is on OpenSSL's queue.
std::vector<X509Ptr> certificates_in(const std::string& pem);

// All of these: InvalidInput is `what` and the reason. It never shows what stands in `pem`.

/// The first certificate is the context's own, the others are sent with it.
Result<void> use_chain(SSL_CTX* context, const std::string& pem, std::string_view what);
/// An encrypted key is an error: a prompt for its passphrase would stop a daemon for ever.
Result<void> use_key(SSL_CTX* context, const std::string& pem, std::string_view what);
/// Authorities to trust, and revocation lists.
Result<void> add_authorities(X509_STORE* store, const std::string& pem, std::string_view what);

/// InvalidInput: `place` holds no `kind` in PEM, where that is what OpenSSL means; else as tls_failure().
Failure pem_failure(std::string_view place, std::string_view kind);
/// InvalidInput: `what` and OpenSSL's reason, whose errors it takes off the queue.
Failure tls_failure(std::string_view what);

}  // namespace picket
