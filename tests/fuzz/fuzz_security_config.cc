// security.yml on any bytes: it ends, every problem names the file, and what is taken keeps the rules that the rest
// of the program relies on.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/http/client_url.h"
#include "exporters/security/config/security_config.h"
#include "tests/fuzz/no_files.h"

namespace picket::security {
namespace {

void check_sources(const std::vector<SourceConfig>& sources) {
  std::set<std::string> names;
  for (const SourceConfig& source : sources) {
    check(!source.name.empty() && names.insert(source.name).second, "a source without a name of its own");
    check(source.files.pattern.starts_with('/'), "a path that means another file elsewhere");
  }
}

void check_scans(const std::vector<ScanConfig>& scans) {
  std::set<std::string> targets;
  for (const ScanConfig& scan : scans) {
    check(targets.insert(scan.target).second, "a target twice");
    const Result<ClientUrl> url = ClientUrl::parse(scan.target, "https http");
    check(url && url->user.empty() && url->password.empty(), "a target that is no URL, or with a credential");
    check(scan.timeout > Duration::zero() && scan.timeout <= scan.interval, "a timeout beyond the interval");
  }
}

void read_config(std::string_view text) {
  const auto config = parse_security_config(text, "security.yml", NoFiles());
  if (!config) return check(config.error().message.starts_with("security.yml"), "a problem without its file");
  check_sources(config->sources);
  check_scans(config->scans);
  const SignalsConfig& signals = config->signals;
  check(signals.clients_max >= 100 && signals.clients_max <= SignalsConfig::kTableMax, "a table of any size");
}

}  // namespace
}  // namespace picket::security

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  picket::security::read_config({reinterpret_cast<const char*>(data), size});
  return 0;
}
