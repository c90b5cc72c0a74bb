// The world that is watched: PostgreSQL, Redis, nginx, an SMTP server and a TLS server, health_exporter that
// probes them every second, and Prometheus that scrapes it every second. Started once for all tests.
#pragma once

#include <memory>
#include <string>

#include "tests/support/certificates.h"
#include "tests/support/nginx_server.h"
#include "tests/support/peer_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/smtp_server.h"

namespace picket::test {

class Stage {
 public:
  Stage();

  RedisServer& redis() { return redis_; }
  PrometheusServer& prometheus() { return *prometheus_; }
  /// Where alertd is to listen, so that Prometheus scrapes it.
  int alertd_port() const { return alertd_port_; }
  std::string health_url(const std::string& path) const;
  /// Gives up when not every check is operational within a minute, as Prometheus sees it.
  void wait_until_healthy() const;
  std::string health_log() const { return health_->errors(); }

 private:
  std::string health_config();
  std::string prometheus_config() const;

  const TempDir dir_;
  const int health_port_;
  const int alertd_port_;
  Certificates certificates_;
  RedisServer redis_;
  NginxServer nginx_;
  SmtpServer smtp_;
  LocalPeer tls_peer_;
  std::unique_ptr<Process> health_;
  std::unique_ptr<PrometheusServer> prometheus_;
};

}  // namespace picket::test
