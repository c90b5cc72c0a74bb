// What a probe learned beside success and time, by kind of prober; the fields are those of the metric
// families health_http_*, health_dns_*, ... An empty optional is "not seen": its series is then absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time/clock.h"

namespace picket::health {

struct HttpFacts {
  int status = 0;  ///< of the final response; 0 when none came
  std::uint64_t response_bytes = 0;
  int redirects = 0;
  std::string version;  ///< "1.1", "2"
  std::optional<WallTime> last_modified;
  std::int64_t content_length = -1;  ///< as the header says; -1: it does not
};

struct DnsFacts {
  int rcode = 0;
  unsigned answer = 0, authority = 0, additional = 0;  ///< records
  struct Serial {
    std::string server;  ///< "192.0.2.53:53"
    std::uint32_t serial = 0;
  };
  std::vector<Serial> soa_serials;
  std::optional<bool> answers_consistent;  ///< only when several servers were asked
};

struct IcmpFacts {
  unsigned sent = 0, received = 0;
  std::vector<Duration> round_trips;  ///< of the replies that came in time
  std::optional<int> reply_hop_limit;
};

struct SmtpFacts {
  std::vector<std::pair<std::string, int>>
      reply_codes;  ///< step (banner ehlo starttls auth mail rcpt) to its last code; each step once
  std::optional<bool> starttls_offered;
};

struct PostgresFacts {
  std::vector<std::pair<std::string, std::uint64_t>> connections;  ///< by state (active, idle, ...)
  std::optional<std::uint64_t> max_connections;
  std::optional<bool> in_recovery;
  std::optional<double> replication_lag_seconds;
  std::optional<double> oldest_transaction_age_seconds;
  std::optional<std::uint64_t> transaction_id_age;
};

struct RedisFacts {
  std::optional<std::uint64_t> used_memory_bytes, max_memory_bytes, connected_clients;
  std::optional<bool> master_link_up;  ///< only on a replica
  std::string role;                    ///< "master", "slave", or ""
  std::optional<WallTime> last_save;
};

struct FilesystemFacts {
  std::string mountpoint, device, fstype;
  bool stalled = false;  ///< statfs did not return: then the numbers are not known
  std::uint64_t size_bytes = 0, avail_bytes = 0, files = 0, files_free = 0;
  bool readonly = false;
  std::optional<Duration> canary;  ///< write, fsync, unlink
};

struct SystemFacts {
  std::vector<std::pair<std::string, double>> cpu_seconds;  ///< by mode (user, system, idle, ...)
  unsigned cpus = 0;
  double load1 = 0;
  std::uint64_t memory_size_bytes = 0, memory_available_bytes = 0, swap_size_bytes = 0, swap_free_bytes = 0;
  struct Pressure {
    std::string resource;  ///< cpu, memory, io
    double waiting_seconds = 0, stalled_seconds = 0;
  };
  std::vector<Pressure> pressure;
};

using Facts = std::variant<std::monostate, HttpFacts, DnsFacts, IcmpFacts, SmtpFacts, PostgresFacts,
                           RedisFacts, FilesystemFacts, SystemFacts>;

}  // namespace picket::health
