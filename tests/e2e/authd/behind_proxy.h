// A proxy with TLS in front of authd and of an app that knows nothing of logins, by the files that
// docs/forward-auth.md shows: in the proxy's, ports, upstreams and paths of certificates alone are replaced;
// authd.yml is the documented one, with the default limits. Apps answer at https://app.example.org and at
// https://status.example.org (public), authd's pages at https://app.example.org:8443. Not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/browser.h"
#include "tests/support/caddy_server.h"
#include "tests/support/certificates.h"
#include "tests/support/nginx_server.h"
#include "tests/support/peer_server.h"

namespace picket::test {

enum class Proxy : std::uint8_t { Nginx, Caddy };

class BehindProxy {
 public:
  /// `more_config` is added to authd.yml: limits, by name, where a test floods.
  explicit BehindProxy(Proxy proxy, const std::string& more_config = "");

  /// Of the app.
  static std::string url(const std::string& path) { return "https://app.example.org" + path; }
  /// Of the public app.
  static std::string status_url(const std::string& path) { return "https://status.example.org" + path; }
  /// Of authd's pages and API.
  static std::string portal(const std::string& path) { return "https://app.example.org:8443" + path; }

  /// For the browser that shall find them.
  Browser::Hosts hosts() const;
  HttpAnswer send(HttpCall call) const;
  HttpAnswer get(const std::string& url, const HttpHeaders& headers = {}) const;
  HttpAnswer post(const std::string& url, const std::string& body, const HttpHeaders& headers = {}) const;
  /// A login in cookie mode; answers "name=value" of the session's cookie.
  std::string log_in(const std::string& name, const std::string& password) const;

  AuthDaemon& authd() const { return *authd_; }
  /// What the app was asked, with the headers that the proxy gave it.
  LocalPeer& app() { return app_; }
  /// Of that, one path: a browser asks for /favicon.ico as well, when it likes.
  std::vector<PeerRequest> asked_for(const std::string& path) const;

 private:
  void start_nginx();
  void start_caddy();

  Certificates certificates_;
  LocalPeer app_;
  const int authd_port_ = free_port();
  const int portal_port_ = free_port();
  int apps_port_ = 0;
  std::unique_ptr<NginxServer> nginx_;
  std::unique_ptr<CaddyServer> caddy_;
  std::unique_ptr<AuthDaemon> authd_;
};

}  // namespace picket::test
