// One element of `scans:`: a server that the posture scans look at, how often, and what is expected of it.
// Immutable after loading.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "base/net/address_policy.h"
#include "base/net/tls.h"

namespace picket::security {

/// What the TLS of a target must hold.
struct TlsPolicy {
  TlsVersion min_version = TlsVersion::Tls12;  ///< an older one that is accepted is a finding
  int min_rsa_bits = 2048;
  int min_ec_bits = 224;                               ///< RFC 9325 4.5
  Duration warn_before = std::chrono::hours(24 * 14);  ///< of the end of a certificate
};
void read_yaml(MapReader& r, TlsPolicy& p);

struct HeaderPolicy {
  Duration hsts_max_age = std::chrono::hours(24 * 365);  ///< at least
};
void read_yaml(MapReader& r, HeaderPolicy& p);

/// A check that this target may fail, and why that is fine.
struct ExpectedFinding {
  std::string check;  ///< its id: "header-csp"
  std::string reason;
};
void read_yaml(MapReader& r, ExpectedFinding& e);

struct ScanConfig {
  std::string target;  ///< as written: "https://host:443/path"
  Duration interval = std::chrono::hours(1);
  Duration timeout = std::chrono::minutes(1);  ///< of a whole scan
  std::string ca_file;                         ///< empty: the system's authorities
  /// Where plain HTTP is asked for its redirect; "": http://host when the target is https on port 443,
  /// else nowhere.
  std::string http;
  TlsPolicy tls;
  HeaderPolicy headers;
  std::vector<ExpectedFinding> expect;
  AddressPolicy addresses;

  /// "https://host:443/path": the label `target`. Without a credential, which a target may not hold.
  const std::string& label() const { return target; }
  std::string plain_http_url() const;  ///< "" for nowhere
};
void read_yaml(MapReader& r, ScanConfig& c);

/// `scans:` of security.yml: at most 200 targets, each once.
std::vector<ScanConfig> read_scans(MapReader& r);

}  // namespace picket::security
