#include "authd/config/authd_config.h"

#include "base/http/message.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kNameMax = 64;

/// "https://auth.example.org" or the same with a path.
bool is_base_url(std::string_view url) {
  const bool has_scheme = url.starts_with("https://") || url.starts_with("http://");
  const std::string_view rest = has_scheme ? url.substr(url.find("//") + 2) : "";
  return !rest.empty() && !rest.starts_with('/') &&
         rest.find_first_of("?#@ \\\"'<>") == std::string_view::npos;
}

void read_public_url(MapReader& r, std::string& url) {
  if (!r.read("public_url", url)) return;
  if (!is_base_url(url)) {
    return r.problem("public_url", "must be as people type it, without query: https://auth.example.org");
  }
  while (url.ends_with('/')) url.pop_back();
}

}  // namespace

void read_yaml(MapReader& r, BrandingConfig& c) {
  r.read("name", c.name);
  c.name = trim(c.name);
  const bool has_control =
      std::ranges::any_of(c.name, [](char l) { return static_cast<unsigned char>(l) < ' '; });
  if (c.name.empty() || c.name.size() > kNameMax || has_control) {
    r.problem("name", "must be one line of 1 to 64 bytes");
  }
}

void read_yaml(MapReader& r, AuditConfig& c) {
  r.read("retention", c.retention);
  if (r.read("file", c.file)) {
    c.file = resolve_beside(r.context().problems.file(), c.file);
    const std::string folder = c.file.substr(0, c.file.rfind('/') + 1);
    if (!folder.empty() && !r.context().files.exists(folder))
      r.problem("file", fmt::format("{}: there is no such folder", folder));
  }
  if (c.retention != Duration::zero() && c.retention < std::chrono::hours(24)) {
    r.problem("retention", "must be at least 1d, or 0 for ever");
  }
}

Cors cors_of_the_api() {
  Cors cors;
  cors.methods = {"GET", "POST", "PATCH", "DELETE"};
  cors.headers = {"Authorization", "Content-Type", "X-API-Key", "X-CSRF-Token"};
  cors.exposed = {"RateLimit", "RateLimit-Policy", "Retry-After"};
  return cors;
}

ForwardAuthConfig whoever_is_logged_in() {
  ForwardAuthConfig config;
  config.access.otherwise = Requirement::OneFactor;
  return config;
}

void read_yaml(MapReader& r, SecretsConfig& c) {
  r.read("vault", c.vault);
}

void read_yaml(MapReader& r, AuthdConfig& c) {
  read_public_url(r, c.public_url);
  r.read("branding", c.branding);
  r.read("trusted_proxies", c.trusted_proxies);
  r.read("owner_networks", c.owner_networks);
  r.read("security_headers", c.security_headers);
  r.read("cors", c.cors);
  r.read("tokens", c.tokens);
  r.read("sessions", c.sessions);
  read_yaml(r, c.login);
  r.read("kdf", c.kdf);
  if (r.has("forward_auth")) c.forward_auth = {};
  r.read("forward_auth", c.forward_auth);
  r.read("ratelimit", c.ratelimit);
  r.read("audit", c.audit);
  r.read("mail", c.mail);
  r.read("sms", c.sms);
  r.read("secrets", c.secrets);
}

Result<AuthdConfig> load_authd_config(const std::string& file, const Files& files) {
  return load_config<AuthdConfig>(file, files);
}

}  // namespace picket::authd
