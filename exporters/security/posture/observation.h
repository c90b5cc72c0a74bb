// What a scan saw of a target: made by the collector, judged by judge(). Values only; nothing is a verdict.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/http/message.h"
#include "base/net/tls.h"
#include "base/time/clock.h"
#include "exporters/security/posture/tls_hello.h"

namespace picket::security {

/// What the server's first words say of its TLS.
struct TlsSeen {
  std::array<std::optional<bool>, 5> accepted;  ///< by TlsProtocol; nothing: no clear answer
  std::vector<std::uint16_t> weak;              ///< weak suites that were accepted
  bool weak_complete = false;                   ///< every weak suite was offered and answered
  std::optional<bool> compression, secure_renegotiation;
  std::optional<unsigned> dh_bits;  ///< of the smallest finite-field group seen

  std::optional<bool> accepts(TlsProtocol version) const {
    return accepted[static_cast<std::size_t>(version)];
  }
};

/// An answer to one GET, or why there was none.
struct PageSeen {
  int status = 0;  ///< 0: no answer
  Headers headers;
  std::string body;         ///< the first 64 KiB
  std::string error;        ///< when there was no answer
  bool refused = false;     ///< nobody listens there
  bool tls_failed = false;  ///< the server answered, but not with a TLS that we speak

  bool answered() const { return status != 0; }
};

struct PathSeen {
  std::string path;
  PageSeen page;
};

struct Observation {
  WallTime at{};
  bool https = true;
  std::string host;
  bool loopback = false;  ///< the host is an address or name of this machine
  TlsSeen tls;
  std::optional<TlsFacts> certificates;
  PageSeen page;                         ///< the target's own, after redirects on the same origin
  std::vector<std::string> set_cookies;  ///< of the page and the redirects before it
  std::optional<PageSeen> plain_http;    ///< none: not asked
  PageSeen cross_origin;                 ///< the page for a foreign `Origin`
  std::string foreign_origin;
  PageSeen nowhere;             ///< of a path that cannot exist
  std::vector<PathSeen> paths;  ///< of probed_paths()
};

}  // namespace picket::security
