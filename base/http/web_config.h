// web.config.yml, compatible with the Prometheus exporter toolkit: TLS, client certificates, basic_auth_users
// (bcrypt), headers, rate_limit. Parsed once per change of the file, not per request; a broken file keeps the
// last good one. Safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/problems.h"
#include "base/config/reader.h"
#include "base/config/secret.h"
#include "base/crypto/random.h"
#include "base/files/files.h"
#include "base/http/message.h"
#include "base/net/tls.h"

namespace picket {

enum class ClientAuth { None, Request, RequireAny, VerifyIfGiven, RequireAndVerify };

/// Each of the three is a file or, in its place, the PEM text itself.
struct WebTls {
  std::string cert_file, key_file, client_ca_file;
  std::string cert, client_ca;
  Secret key;
  Position cert_place, key_place, client_ca_place;  ///< where the file says so, for messages
  ClientAuth client_auth = ClientAuth::None;        ///< without client_ca*, the system's authorities verify
  std::vector<std::string> client_allowed_sans;
  TlsVersion min_version = TlsVersion::Tls12;
  TlsVersion max_version = TlsVersion::Tls13;
  std::vector<std::string> cipher_suites;      ///< Go's names; the versions up to TLS 1.2 obey them
  bool prefer_server_cipher_suites = true;     ///< false: the client's order counts
  std::vector<std::string> curve_preferences;  ///< X25519, CurveP256, CurveP384, CurveP521
};

/// A token bucket per client address: `burst` requests at once, then one per `interval`. Zero: no limit.
struct RateLimit {
  Duration interval{};
  std::uint32_t burst = 0;
};

struct WebConfig {
  std::optional<WebTls> tls;
  std::map<std::string, std::string> headers;           ///< http_server_config.headers
  std::map<std::string, std::string> basic_auth_users;  ///< name to bcrypt hash
  RateLimit rate_limit;
  std::vector<std::string> warnings;  ///< what works, but probably not as meant
};
void read_yaml(MapReader& r, WebTls& c);
void read_yaml(MapReader& r, RateLimit& c);
void read_yaml(MapReader& r, WebConfig& c);

enum class AuthOutcome { NotNeeded, Granted, Refused, Busy };

/// Passwords are checked with at most two bcrypt runs at a time and a cache keyed by HMAC, so that strangers
/// cannot stall users; an unknown user costs as much as a known one.
class WebConfigFile {
 public:
  /// No path: everything open, no TLS.
  WebConfigFile(std::string path, const Files& files, Random& random);
  ~WebConfigFile();

  /// Reads the file again when it has changed. On error the config in force stays.
  Result<void> reload();
  std::shared_ptr<const WebConfig> current() const;
  const std::string& path() const;
  const Files& files() const;

  /// Checks an Authorization field without a bcrypt run; nothing when that takes one.
  std::optional<AuthOutcome> authenticate_known(const std::string* authorization, std::string& user);
  /// Checks an Authorization field. May take a bcrypt run (70 ms at cost 10, 20 s at cost 18). On Granted,
  /// `user` is set. Busy when too many wait for a run already.
  AuthOutcome authenticate(const std::string* authorization, std::string& user);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace picket
