// Reads one secret of a Vault server's key-value store, version 2, over its HTTP API. Used by load_secrets.
// Safe from any thread; blocks.
#pragma once

#include <map>
#include <string>

#include "base/http/client.h"

namespace picket::authd {

/// `secrets.vault:` of authd.yml.
struct VaultKvConfig {
  std::string address{};         ///< "https://vault.example.org:8200"
  std::string mount = "secret";  ///< where the store is mounted
  std::string path = "picket/authd";
  std::string vault_namespace{};  ///< "": none
  std::string token_file{};       ///< read each time, so that an agent may renew it
  Duration timeout = std::chrono::seconds(5);
  TlsConfig tls{};
};
void read_yaml(MapReader& r, VaultKvConfig& c);

/// The fields of the newest version. Denied (403: the token or its policy), NotFound (no such secret, or it
/// was deleted), Unavailable (sealed, away), Timeout, InvalidInput (an answer that is none). No message holds
/// the token or a field's value.
Result<std::map<std::string, Secret>> read_vault_kv(HttpClient& client, const VaultKvConfig& config,
                                                    const Secret& token);

}  // namespace picket::authd
