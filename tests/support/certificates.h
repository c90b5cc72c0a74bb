// Certificates for tests: an authority of its own and what it signs (EC P-256), as PEM files in a temporary
// folder. Made on demand, in about a millisecond each.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace picket::test {

struct CertificateFiles {
  std::string cert;  ///< PEM file
  std::string key;
};

struct CertificateOptions {
  std::string common_name = "localhost";
  /// subjectAltName as OpenSSL writes it.
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  std::chrono::seconds starts = -std::chrono::hours(1);  ///< from now
  std::chrono::seconds ends = std::chrono::hours(24 * 90);
};

class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  const std::string& ca_file() const { return ca_file_; }
  CertificateFiles issue(const CertificateOptions& options);
  CertificateFiles server() { return issue({}); }  ///< for localhost and 127.0.0.1
  CertificateFiles expired();
  CertificateFiles wrong_name();
  CertificateFiles client(const std::string& common_name);
  CertificateFiles self_signed();  ///< not by the authority
  enum class Ocsp { Good, Revoked, Unknown, Stale };
  /// DER file: what the authority's responder says of `leaf` today (Stale: of a week ago).
  std::string ocsp_response(const CertificateFiles& leaf, Ocsp status);

 private:
  class Authority;
  CertificateFiles store(const std::string& stem, const std::string& cert, const std::string& key) const;

  const TempDir dir_;
  std::string ca_file_;
  int issued_ = 0;
  std::unique_ptr<Authority> authority_;
};

}  // namespace picket::test
