#include "base/daemon/version.h"

#include <openssl/crypto.h>

namespace picket {

std::string_view version() {
  return PICKET_VERSION;
}

std::string_view revision() {
  return PICKET_REVISION;
}

std::string_view compiler() {
  return PICKET_COMPILER;
}

std::string tls_library() {
  return std::string("OpenSSL ") + OpenSSL_version(OPENSSL_VERSION_STRING);
}

}  // namespace picket
