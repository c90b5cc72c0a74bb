// Paths that a web server should not show to everybody, and how their content is recognised. Pure. A status
// alone says nothing: many sites answer any path with 200 and their own page.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "exporters/security/posture/observation.h"

namespace picket::security {

struct ProbedPath {
  std::string_view path;
  std::string_view check;  ///< the id of the check that it fails when it is open
};
/// Asked once each, by every scan.
std::span<const ProbedPath> probed_paths();

/// The answer of `path` shows what the check `id` is about, and is not what the server says to any path
/// (`nowhere`).
bool shows(std::string_view id, const PageSeen& page, const PageSeen& nowhere);
/// A list of files as nginx, Apache, lighttpd, IIS or Python make it.
bool is_directory_list(std::string_view body);

}  // namespace picket::security
