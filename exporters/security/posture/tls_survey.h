// Asks a server which TLS versions and weak cipher suites it accepts, one short connection after another: about
// ten for a sound server, one more for each weak suite of a bad one. Everything happens on the event loop.
#pragma once

#include <functional>
#include <string>

#include "base/crypto/random.h"
#include "base/net/stream.h"
#include "base/time/clock.h"
#include "exporters/security/posture/observation.h"

namespace picket::security {

struct SurveyTools {
  EventLoop& loop;
  Resolver& resolver;
  Random& random;
  const Clock& clock;
  std::function<bool()> stopped;  ///< asked before each connection: true ends the survey
};

struct SurveyTarget {
  ConnectTarget connect;
  std::string server_name;  ///< "" for an address
};

/// `done` runs once, on the loop, at the deadline at the latest: what was not answered by then is not known.
/// The loop, the resolver, the random source and the clock outlive the survey.
void survey_tls(SurveyTools tools, SurveyTarget target, Deadline deadline, std::function<void(TlsSeen)> done);

}  // namespace picket::security
