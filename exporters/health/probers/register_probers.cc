#include "exporters/health/probers/register_probers.h"

#include "exporters/health/probers/dns_prober.h"
#include "exporters/health/probers/filesystem_prober.h"
#include "exporters/health/probers/http_prober.h"
#include "exporters/health/probers/icmp_prober.h"
#include "exporters/health/probers/postgres_prober.h"
#include "exporters/health/probers/redis_prober.h"
#include "exporters/health/probers/smtp_prober.h"
#include "exporters/health/probers/system_prober.h"
#include "exporters/health/probers/tcp_prober.h"
#include "exporters/health/probers/tls_prober.h"

namespace picket::health {

ProberRegistry all_probers() {
  ProberRegistry registry;
  registry.add(prober_kind<HttpProbeConfig, HttpProber>("http"));
  registry.add(prober_kind<TcpProbeConfig, TcpProber>("tcp"));
  registry.add(prober_kind<TlsProbeConfig, TlsProber>("tls"));
  registry.add(prober_kind<DnsProbeConfig, DnsProber>("dns"));
  registry.add(prober_kind<IcmpProbeConfig, IcmpProber>("icmp"));
  registry.add(prober_kind<SmtpProbeConfig, SmtpProber>("smtp"));
  registry.add(prober_kind<PostgresProbeConfig, PostgresProber>("postgres"));
  registry.add(prober_kind<RedisProbeConfig, RedisProber>("redis"));
  registry.add(prober_kind<FilesystemProbeConfig, FilesystemProber>("filesystem"));
  registry.add(prober_kind<SystemProbeConfig, SystemProber>("system"));
  return registry;
}

}  // namespace picket::health
