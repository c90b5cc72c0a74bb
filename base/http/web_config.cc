#include "base/http/web_config.h"

#include <algorithm>
#include <array>

#include "base/crypto/bcrypt.h"
#include "base/exec/mutex.h"
#include "base/http/web_auth.h"
#include "base/text/strings.h"

namespace picket {
namespace {

using Fields = std::map<std::string, std::string>;

struct KnownHeader {
  std::string_view name;
  std::array<std::string_view, 2> values;  ///< the only ones allowed; empty: any
};
constexpr std::array<KnownHeader, 10> kHeaders{{{"Strict-Transport-Security", {}},
                                                {"X-Content-Type-Options", {"nosniff"}},
                                                {"X-Frame-Options", {"deny", "sameorigin"}},
                                                {"X-XSS-Protection", {}},
                                                {"Content-Security-Policy", {}},
                                                {"Referrer-Policy", {}},
                                                {"Permissions-Policy", {}},
                                                {"Cross-Origin-Opener-Policy", {}},
                                                {"Cross-Origin-Embedder-Policy", {}},
                                                {"Cross-Origin-Resource-Policy", {}}}};

const KnownHeader* find_header(std::string_view name) {
  const auto found =
      std::find_if(kHeaders.begin(), kHeaders.end(), [name](const KnownHeader& h) { return h.name == name; });
  return found == kHeaders.end() ? nullptr : &*found;
}

void check_header(MapReader& r, const std::string& name, const std::string& value) {
  const KnownHeader* known = find_header(name);
  if (!known) return r.problem(name, "this header cannot be configured");
  if (value.find_first_of("\r\n") != std::string::npos) return r.problem(name, "a header is one line");
  const auto& allowed = known->values;
  const bool is_free = allowed.front().empty() || value.empty();
  if (!is_free && std::find(allowed.begin(), allowed.end(), to_lower(value)) == allowed.end()) {
    r.problem(name, "must be " + join(std::vector<std::string>(allowed.begin(), allowed.end()), " or "));
  }
}

struct HttpSection {
  Fields headers;
};
struct HeaderSection {
  Fields fields;
};

void read_yaml(MapReader& r, HeaderSection& c) {
  for (auto& [name, value] : r.rest()) {
    std::string text;
    if (!value.node().scalar.empty() && !value.decode(text)) continue;
    check_header(r, name, text);
    if (!text.empty()) c.fields[name] = text;
  }
}

void read_yaml(MapReader& r, HttpSection& c) {
  r.ignore("http2");  // served is HTTP/1.1, to which every client falls back
  HeaderSection section;
  r.read("headers", section);
  c.headers = std::move(section.fields);
}

void resolve(MapReader& r, std::string_view key, std::string& path) {
  if (r.read(key, path) && !path.empty()) path = resolve_beside(r.context().problems.file(), path);
}

/// Of `key` or `key_file`.
Position place_of(const MapReader& r, const std::string& key) {
  const YamlNode* text = r.value().node().find(key);
  const YamlNode* file = r.value().node().find(key + "_file");
  if (file != nullptr) return file->position;
  return text != nullptr ? text->position : Position{};
}

/// The section asks for nothing that takes a certificate. The toolkit serves without TLS then.
bool is_off(const WebTls& c) {
  return c.cert_file.empty() && c.cert.empty() && c.key_file.empty() && c.key.empty() &&
         c.client_ca_file.empty() && c.client_ca.empty() && c.client_auth == ClientAuth::None;
}

/// `key: text` or `key_file: path`.
void check_pair(MapReader& r, const std::string& key, bool has_text, bool has_file) {
  if (has_text && has_file) r.problem(key, fmt::format("give {0} or {0}_file, not both", key));
}

void check_tls(MapReader& r, const WebTls& c) {
  check_pair(r, "cert", !c.cert.empty(), !c.cert_file.empty());
  check_pair(r, "key", !c.key.empty(), !c.key_file.empty());
  check_pair(r, "client_ca", !c.client_ca.empty(), !c.client_ca_file.empty());
  if (c.cert_file.empty() && c.cert.empty()) r.problem("cert_file", "is missing, and so is cert");
  if (c.key_file.empty() && c.key.empty()) r.problem("key_file", "is missing, and so is key");
  if (c.max_version < c.min_version) r.problem("max_version", "is below min_version");
  if (c.client_auth != ClientAuth::None) return;
  if (!c.client_ca_file.empty() || !c.client_ca.empty()) {
    r.problem("client_auth_type", "is missing: authorities of clients have no effect without it");
  }
  if (!c.client_allowed_sans.empty()) {
    r.problem("client_allowed_sans", "needs a client_auth_type that asks for a certificate");
  }
}

void read_names(MapReader& r, WebTls& c) {
  const std::optional<ValueReader> names = r.at("client_allowed_sans");
  if (!names || names->node().kind == YamlNode::Kind::Null) return;
  if (names->decode(c.client_allowed_sans) && c.client_allowed_sans.empty()) {
    names->problem("is empty: no client would be let in");
  }
}

}  // namespace

void read_yaml(MapReader& r, WebTls& c) {
  r.read("cert", c.cert);
  r.read("key", c.key);
  r.read("client_ca", c.client_ca);
  resolve(r, "cert_file", c.cert_file);
  resolve(r, "key_file", c.key_file);
  resolve(r, "client_ca_file", c.client_ca_file);
  c.cert_place = place_of(r, "cert");
  c.key_place = place_of(r, "key");
  c.client_ca_place = place_of(r, "client_ca");
  r.read_enum("client_auth_type", c.client_auth,
              {{"NoClientCert", ClientAuth::None},
               {"", ClientAuth::None},
               {"RequestClientCert", ClientAuth::Request},
               {"RequireClientCert", ClientAuth::RequireAny},
               {"RequireAnyClientCert", ClientAuth::RequireAny},
               {"VerifyClientCertIfGiven", ClientAuth::VerifyIfGiven},
               {"RequireAndVerifyClientCert", ClientAuth::RequireAndVerify}});
  read_names(r, c);
  const auto versions = {std::pair<std::string_view, TlsVersion>{"TLS10", TlsVersion::Tls10},
                         {"TLS11", TlsVersion::Tls11},
                         {"TLS12", TlsVersion::Tls12},
                         {"TLS13", TlsVersion::Tls13}};
  r.read_enum("min_version", c.min_version, versions);
  r.read_enum("max_version", c.max_version, versions);
  r.read("cipher_suites", c.cipher_suites);
  r.read("curve_preferences", c.curve_preferences);
  r.read("prefer_server_cipher_suites", c.prefer_server_cipher_suites);
  if (!is_off(c)) check_tls(r, c);
}

void read_yaml(MapReader& r, RateLimit& c) {
  r.read("interval", c.interval);
  r.read("burst", c.burst);
  if (c.interval < Duration::zero()) r.problem("interval", "must not be negative");
  if (c.interval > Duration::zero() && c.burst == 0) r.problem("burst", "must be at least 1");
}

namespace {

constexpr int kSlowCost = 15;  // from here on one password takes more than 2 s of a core

void read_tls(MapReader& r, WebConfig& c) {
  WebTls tls;
  const std::optional<ValueReader> section = r.at("tls_server_config");
  if (!section || section->node().kind == YamlNode::Kind::Null || !section->decode(tls)) return;
  if (!is_off(tls)) {
    c.tls = std::move(tls);
  } else if (!section->node().entries.empty()) {
    c.warnings.emplace_back("tls_server_config names no certificate: TLS is off");
  }
}

void read_users(MapReader& r, WebConfig& c) {
  if (const std::optional<ValueReader> users = r.at("basic_auth_users");
      users && users->node().kind != YamlNode::Kind::Null) {
    users->decode(c.basic_auth_users);
  }
  for (const auto& [name, hash] : c.basic_auth_users) {
    const Result<void> checked = check_bcrypt_hash(hash);
    if (!checked) r.problem("basic_auth_users", name + ": " + checked.error().message);
    if (name.find(':') != std::string::npos) r.problem("basic_auth_users", "a user name has no colon");
    if (!checked || bcrypt_cost(hash) < kSlowCost) continue;
    c.warnings.push_back(fmt::format(
        "basic_auth_users: {}: at bcrypt cost {} each password that somebody tries takes seconds of a core; "
        "10 to 12 is usual",
        name, bcrypt_cost(hash)));
  }
}

}  // namespace

void read_yaml(MapReader& r, WebConfig& c) {
  read_tls(r, c);
  HttpSection http;
  r.read("http_server_config", http);
  c.headers = std::move(http.headers);
  read_users(r, c);
  if (const std::optional<ValueReader> section = r.at("rate_limit")) section->decode(c.rate_limit);
}

class WebConfigFile::Impl {
 public:
  Impl(std::string path, const Files& files, Random& random)
      : path_(std::move(path)), files_(files), auth_(random), current_(std::make_shared<WebConfig>()) {}

  Result<void> reload() EXCLUDES(mutex_, reading_) {
    if (path_.empty()) return {};
    const MutexLock reading(reading_);
    const Result<std::int64_t> modified = files_.modified(path_);
    if (!modified) return fail(modified);
    if (*modified == modified_) return {};
    const Result<std::string> text = files_.read(path_, 1_MiB);
    if (!text) return fail(text);
    Result<WebConfig> config = parse_config<WebConfig>(*text, path_, files_);
    if (!config) return fail(config);
    // Remembered only now: a file that is broken is broken again at the next call.
    modified_ = *modified;
    const MutexLock lock(mutex_);
    current_ = std::make_shared<const WebConfig>(std::move(*config));
    return {};
  }

  std::shared_ptr<const WebConfig> current() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return current_;
  }

  const std::string path_;
  const Files& files_;
  WebAuth auth_;

 private:
  Mutex reading_;
  std::int64_t modified_ GUARDED_BY(reading_) = 0;
  mutable Mutex mutex_;
  std::shared_ptr<const WebConfig> current_ GUARDED_BY(mutex_);
};

WebConfigFile::WebConfigFile(std::string path, const Files& files, Random& random)
    : impl_(std::make_unique<Impl>(std::move(path), files, random)) {}
WebConfigFile::~WebConfigFile() = default;

Result<void> WebConfigFile::reload() {
  return impl_->reload();
}
std::shared_ptr<const WebConfig> WebConfigFile::current() const {
  return impl_->current();
}
const std::string& WebConfigFile::path() const {
  return impl_->path_;
}
const Files& WebConfigFile::files() const {
  return impl_->files_;
}

namespace {

AuthOutcome outcome(WebAuth::Verdict verdict, Credentials& credentials, std::string& user) {
  if (verdict == WebAuth::Verdict::Busy) return AuthOutcome::Busy;
  if (verdict == WebAuth::Verdict::Wrong) return AuthOutcome::Refused;
  user = std::move(credentials.user);
  return AuthOutcome::Granted;
}

}  // namespace

std::optional<AuthOutcome> WebConfigFile::authenticate_known(const std::string* authorization,
                                                             std::string& user) {
  const std::shared_ptr<const WebConfig> config = current();
  if (config->basic_auth_users.empty()) return AuthOutcome::NotNeeded;
  if (!authorization) return AuthOutcome::Refused;
  std::optional<Credentials> credentials = parse_basic_authorization(*authorization);
  if (!credentials) return AuthOutcome::Refused;
  const auto verdict = impl_->auth_.known(config->basic_auth_users, *credentials);
  if (!verdict) return std::nullopt;
  return outcome(*verdict, *credentials, user);
}

AuthOutcome WebConfigFile::authenticate(const std::string* authorization, std::string& user) {
  if (const std::optional<AuthOutcome> known = authenticate_known(authorization, user)) return *known;
  const std::shared_ptr<const WebConfig> config = current();
  if (config->basic_auth_users.empty()) return AuthOutcome::NotNeeded;
  std::optional<Credentials> credentials = parse_basic_authorization(*authorization);
  if (!credentials) return AuthOutcome::Refused;
  const auto verdict = impl_->auth_.check(config->basic_auth_users, *credentials);
  return outcome(verdict, *credentials, user);
}

}  // namespace picket
