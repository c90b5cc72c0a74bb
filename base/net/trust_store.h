// The certificate authorities to trust, read once per file and change of it, shared by every handshake.
// For base/net and base/http only. Safe from any thread.
#pragma once

#include <memory>
#include <string>

#include "base/result/result.h"

struct x509_store_st;

namespace picket {

using TrustStore = std::shared_ptr<x509_store_st>;

/// Those of `ca_file` (PEM), or the system's when it is empty. InvalidInput when the file holds none.
Result<TrustStore> trust_store(const std::string& ca_file);

}  // namespace picket
