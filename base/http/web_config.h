// web.config.yml, compatible with the Prometheus exporter toolkit: TLS, client certificates, basic_auth_users
// (bcrypt), headers. Parsed once per change of the file, not per request; a broken file keeps the last good
// one. Certificates are picked up on change. Passwords are checked on the caller's worker, with at most two
// bcrypt runs at a time and a cache keyed by HMAC, so that strangers cannot stall users; an unknown user
// costs as much as a known one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/reader.h"
#include "base/crypto/random.h"
#include "base/files/files.h"
#include "base/http/message.h"
#include "base/net/tls.h"

namespace picket {

enum class ClientAuth { None, Request, RequireAny, VerifyIfGiven, RequireAndVerify };

struct WebTls {
  std::string cert_file, key_file, client_ca_file;
  ClientAuth client_auth = ClientAuth::None;
  std::vector<std::string> client_allowed_sans;
  TlsVersion min_version = TlsVersion::Tls12;
  TlsVersion max_version = TlsVersion::Tls13;
  std::vector<std::string> cipher_suites;
};

struct WebConfig {
  std::optional<WebTls> tls;
  std::map<std::string, std::string> headers;           ///< http_server_config.headers
  std::map<std::string, std::string> basic_auth_users;  ///< name to bcrypt hash
};
void read_yaml(MapReader& r, WebConfig& c);

enum class AuthOutcome { NotNeeded, Granted, Refused, Busy };

class WebConfigFile {
 public:
  /// No path: everything open, no TLS.
  WebConfigFile(std::string path, const Files& files, Random& random);
  ~WebConfigFile();

  /// Reads the file again when it has changed. On error the config in force stays.
  Result<void> reload();
  std::shared_ptr<const WebConfig> current() const;
  /// Checks an Authorization field. May take a bcrypt run (about 70 ms). On Granted, `user` is set.
  AuthOutcome authenticate(const std::string* authorization, std::string& user);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace picket
