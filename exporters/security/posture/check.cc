#include "exporters/security/posture/check.h"

#include <algorithm>
#include <array>

namespace picket::security {

namespace {

using enum Severity;

constexpr std::array kChecks = {
    Check{"https", "The target is served over HTTPS", Medium,
          "Serve the site over HTTPS and redirect plain HTTP to it."},
    Check{"http-redirect", "Plain HTTP redirects to HTTPS", Medium,
          "Answer plain HTTP with a permanent redirect and nothing else. nginx: server { listen 80; "
          "return 308 https://$host$request_uri; }"},
    Check{"tls-old-versions", "Old TLS versions are refused", High,
          "Turn off SSL 3.0, TLS 1.0 and TLS 1.1 (RFC 8996). nginx: ssl_protocols TLSv1.2 TLSv1.3;"},
    Check{"tls-1-3", "TLS 1.3 is accepted", Low,
          "Turn on TLS 1.3 (RFC 9325 3.1.1). nginx: ssl_protocols TLSv1.2 TLSv1.3;"},
    Check{"tls-weak-ciphers", "Weak cipher suites are refused", High,
          "Allow only suites with forward secrecy and authenticated encryption (RFC 9325 4.2). nginx: "
          "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;"},
    Check{
        "tls-dh-size", "Diffie-Hellman groups have at least 2048 bits", Medium,
        "Use ECDHE only, or a group of at least 2048 bits. nginx: ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;"},
    Check{"tls-compression", "TLS compression is off", Medium,
          "Turn off TLS compression in the server or update its TLS library: it leaks secrets (CRIME)."},
    Check{"tls-renegotiation", "Renegotiation is protected", Low,
          "Update the TLS library: it does not know RFC 5746, so that an attacker can put bytes before a "
          "client's."},
    Check{"cert-name", "The certificate is for the target's name", High,
          "Get a certificate whose subjectAltName holds the name that clients use."},
    Check{
        "cert-trusted", "The certificate chain verifies", High,
        "Serve a certificate of an authority that clients trust; for an authority of your own set ca_file."},
    Check{"cert-expiry", "No certificate is expired or about to be", High,
          "Renew the certificate and reload the server; automate both."},
    Check{"cert-key-size", "Public keys are long enough", High,
          "Issue the certificate anew with a key of EC P-256, or RSA of at least 2048 bits."},
    Check{"cert-signature", "Certificates are signed with SHA-2", High,
          "Issue the certificate anew: signatures with MD5 and SHA-1 can be forged (RFC 9155)."},
    Check{"cert-chain", "The chain is complete and in order", Medium,
          "Serve the leaf first, then every intermediate certificate, each followed by its issuer, without "
          "the root. nginx: ssl_certificate fullchain.pem;"},
    Check{"header-hsts", "Strict-Transport-Security is set for long enough", High,
          "nginx: add_header Strict-Transport-Security \"max-age=63072000; includeSubDomains\" always;"},
    Check{"header-csp", "Content-Security-Policy restricts scripts", Medium,
          "Begin with default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none' and use "
          "nonces or hashes instead of 'unsafe-inline'. nginx: add_header Content-Security-Policy \"...\" "
          "always;"},
    Check{"header-nosniff", "X-Content-Type-Options is nosniff", Medium,
          "nginx: add_header X-Content-Type-Options nosniff always;"},
    Check{"header-frame", "Other sites may not frame the page", Medium,
          "Add frame-ancestors 'none' (or 'self') to Content-Security-Policy, and for old browsers nginx: "
          "add_header X-Frame-Options DENY always;"},
    Check{"header-referrer", "Referrer-Policy keeps paths from other sites", Low,
          "nginx: add_header Referrer-Policy strict-origin-when-cross-origin always;"},
    Check{"header-permissions", "Permissions-Policy limits browser features", Low,
          "nginx: add_header Permissions-Policy \"camera=(), microphone=(), geolocation=()\" always;"},
    Check{"header-coop", "Cross-Origin-Opener-Policy isolates the window", Low,
          "nginx: add_header Cross-Origin-Opener-Policy same-origin always;"},
    Check{"header-version", "No header tells which software version runs", Low,
          "Remove the version. nginx: server_tokens off; proxy_hide_header X-Powered-By;"},
    Check{"header-duplicates", "No security header is sent twice", Low,
          "Set each header in one place, the proxy or the application. nginx: proxy_hide_header NAME; before "
          "add_header NAME"},
    Check{"cookie-secure", "Cookies have Secure", Medium,
          "Set Secure on every cookie, so that it never travels over plain HTTP."},
    Check{"cookie-httponly", "Cookies have HttpOnly", Medium,
          "Set HttpOnly on cookies that scripts do not need, above all on those of sessions."},
    Check{"cookie-samesite", "Cookies have SameSite", Low,
          "Set SameSite=Lax or Strict; SameSite=None needs Secure."},
    Check{"cookie-prefix", "Prefixed cookies keep the promise of their name", Low,
          "__Secure- needs Secure; __Host- needs Secure and Path=/ and no Domain, or browsers drop the "
          "cookie."},
    Check{"exposed-metrics", "/metrics is not open", Medium,
          "Allow only the monitoring to read it. nginx: location = /metrics { allow 10.0.0.0/8; deny all; }"},
    Check{"exposed-pprof", "/debug/pprof is not open", High,
          "Serve the profiler on an internal port only. nginx: location /debug/ { return 404; }"},
    Check{
        "exposed-git", "/.git is not open", Critical,
        "Whoever reads .git has the source and its history: change the secrets in it, and do not deploy it. "
        "nginx: location ~ /\\.(?!well-known/) { return 404; }"},
    Check{"exposed-env", "/.env is not open", Critical,
          "Change every secret in the file, and keep it out of the web root. nginx: location ~ "
          "/\\.(?!well-known/) { return 404; }"},
    Check{"exposed-server-status", "/server-status is not open", Medium,
          "It shows the requests of others. Apache: <Location /server-status> Require local </Location>"},
    Check{"exposed-directory", "No directory is listed", Medium,
          "nginx: autoindex off; Apache: Options -Indexes"},
    Check{"cors", "Foreign origins may not read answers with credentials", High,
          "Compare Origin with a list of your own sites; never echo it beside "
          "Access-Control-Allow-Credentials."},
};

}  // namespace

std::span<const Check> checks() {
  return kChecks;
}

const Check* find_check(std::string_view id) {
  const auto found = std::ranges::find(kChecks, id, &Check::id);
  return found == kChecks.end() ? nullptr : &*found;
}

unsigned weight_of(Severity severity) {
  switch (severity) {
    case Info:
      return 0;
    case Low:
      return 1;
    case Medium:
      return 3;
    case High:
      return 5;
    case Critical:
      return 10;
  }
  return 0;
}

}  // namespace picket::security
