// nginx with TLS in front of authd and of an app that knows nothing of logins: /app/ needs a login, /admin/
// two factors, /auth/ and /api/ are authd's. The snippet that docs/forward-auth.md shows. Owners may come
// from 127.0.0.0/8 alone. Not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/certificates.h"
#include "tests/support/nginx_server.h"
#include "tests/support/peer_server.h"

namespace picket::test {

class BehindNginx {
 public:
  BehindNginx();

  std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(nginx_->port()) + path;
  }
  AuthDaemon& authd() { return *authd_; }
  /// What the app was asked, with the headers that nginx gave it.
  LocalPeer& app() { return app_; }
  /// Of that, one path: a browser asks for /favicon.ico as well, when it likes.
  std::vector<PeerRequest> asked_for(const std::string& path) const;
  NginxServer& nginx() { return *nginx_; }

 private:
  std::string servers();

  Certificates certificates_;
  LocalPeer app_;
  const int authd_port_ = free_port();
  std::unique_ptr<NginxServer> nginx_;
  std::unique_ptr<AuthDaemon> authd_;
};

}  // namespace picket::test
