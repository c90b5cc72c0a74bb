#include "tests/e2e/authd/behind_nginx.h"

#include <fmt/format.h>

namespace picket::test {
namespace {

// Whoever opened /.from/ADDRESS is, for authd, a client at that address from then on.
constexpr const char* kServers = R"(map $cookie_from $client {{
    default $remote_addr;
    "~^[0-9.]+$" $cookie_from;
  }}
  server {{
    listen 127.0.0.1:@PORT@ ssl;
    ssl_certificate {cert};
    ssl_certificate_key {key};

    location ~ ^/(auth|api|\.well-known)/ {{
      proxy_pass http://127.0.0.1:{authd};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $client;
    }}

    location ~ ^/\.from/(?<from>[0-9.]+)$ {{
      add_header Set-Cookie "from=$from; Path=/; Secure";
      default_type text/plain;
      return 200 "moved";
    }}

    location = /.picket-verify {{
      internal;
      proxy_pass http://127.0.0.1:{authd}/api/v1/auth/verify;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-URL $scheme://$http_host$request_uri;
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Forwarded-For $client;
      proxy_set_header X-Forwarded-Uri "";
    }}

    location / {{
      auth_request /.picket-verify;
      auth_request_set $picket_user $upstream_http_remote_user;
      auth_request_set $picket_user_id $upstream_http_remote_user_id;
      auth_request_set $picket_role $upstream_http_remote_role;
      auth_request_set $picket_identity $upstream_http_x_picket_identity;
      error_page 401 = @login;
      proxy_set_header Remote-User $picket_user;
      proxy_set_header Remote-User-Id $picket_user_id;
      proxy_set_header Remote-Role $picket_role;
      proxy_set_header X-Picket-Identity $picket_identity;
      proxy_pass http://127.0.0.1:{app};
    }}

    location @login {{
      return 303 /auth/login?rd=$scheme://$http_host$request_uri;
    }}
  }})";

constexpr const char* kConfig = R"(public_url: https://127.0.0.1:{port}
branding: {{name: Example}}
trusted_proxies: [127.0.0.1/32]
owner_networks: [127.0.0.0/8]
forward_auth:
  rules:
    - {{paths: ["/public/*"], require: public}}
    - {{paths: ["/admin/*"], require: two_factors, roles: [admin, owner]}}
    - {{paths: ["/*"], require: one_factor}}
  redirect: {{allowed: ["https://127.0.0.1:{port}"]}}
ratelimit: {{enabled: false}}
)";

}  // namespace

BehindNginx::BehindNginx() : app_([](const PeerRequest&) { return PeerAnswer{.body = "the app"}; }) {
  nginx_ = std::make_unique<NginxServer>(servers());
  authd_ = std::make_unique<AuthDaemon>(AuthDaemonOptions{
      .config = fmt::format(kConfig, fmt::arg("port", nginx_->port())), .port = authd_port_});
}

std::vector<PeerRequest> BehindNginx::asked_for(const std::string& path) const {
  std::vector<PeerRequest> requests = app_.requests();
  std::erase_if(requests, [&path](const PeerRequest& request) { return request.path != path; });
  return requests;
}

std::string BehindNginx::servers() {
  const CertificateFiles files = certificates_.server();
  return fmt::format(kServers, fmt::arg("cert", files.cert), fmt::arg("key", files.key),
                     fmt::arg("authd", authd_port_), fmt::arg("app", app_.port()));
}

}  // namespace picket::test
