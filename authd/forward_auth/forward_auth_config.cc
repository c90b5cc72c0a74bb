#include "authd/forward_auth/forward_auth_config.h"

namespace picket::authd {
namespace {

bool is_absolute_url(const std::string& url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string::npos) return false;
  const std::string_view rest = std::string_view(url).substr(colon + 3);
  return parse_authority(std::string_view(url).substr(0, colon), rest.substr(0, rest.find_first_of("/?#")))
      .has_value();
}

}  // namespace

void read_yaml(MapReader& r, RedirectConfig& c) {
  r.read("login_url", c.login_url);
  r.read("allowed", c.allowed);
  if (!c.login_url.empty() && !is_absolute_url(c.login_url))
    r.problem("login_url", "must be an https:// URL");
}

void read_yaml(MapReader& r, ForwardAuthConfig& c) {
  read_access_policy(r, c.access);
  r.read("redirect", c.redirect);
  r.read_enum("filter", c.filter,
              {{"off", FilterMode::Off}, {"detect", FilterMode::Detect}, {"block", FilterMode::Block}});
  r.read("filter_without", c.filter_without);
  if (c.filter_without.empty()) return;  // compiling all rules takes a while
  const auto detector = Detector::built_in(c.filter_without);
  if (!detector) r.problem("filter_without", detector.error().message);
}

}  // namespace picket::authd
