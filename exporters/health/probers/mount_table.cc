#include "exporters/health/probers/mount_table.h"

#include <algorithm>
#include <vector>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::health {
namespace {

/// Octal escapes of mount tables: "\040" is a space.
std::string unescape(std::string_view text) {
  std::string plain = replace_all(text, "\\040", " ");
  plain = replace_all(replace_all(plain, "\\011", "\t"), "\\012", "\n");
  return replace_all(plain, "\\134", "\\");
}

bool lies_on(std::string_view path, std::string_view mountpoint) {
  if (mountpoint == "/") return true;
  return path.starts_with(mountpoint) && (path.size() == mountpoint.size() || path[mountpoint.size()] == '/');
}

}  // namespace

Mount find_mount(std::string_view mountinfo, std::string_view path) {
  constexpr std::size_t kMountpoint = 4;
  Mount mount;
  for (const std::string_view line : split(mountinfo, '\n')) {
    // 36 35 98:0 /root /mountpoint rw,noatime master:1 - ext3 /dev/root rw
    const std::vector<std::string_view> fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.size() <= kMountpoint || fields.end() - dash < 3) continue;
    const std::string mountpoint = unescape(fields[kMountpoint]);
    if (!lies_on(path, mountpoint) || mountpoint.size() < mount.mountpoint.size()) continue;
    mount.id = static_cast<std::uint64_t>(parse_int(fields.front()).value_or(0));
    mount.mountpoint = mountpoint;
    mount.fstype = unescape(dash[1]);
    mount.device = unescape(dash[2]);
  }
  return mount;
}

}  // namespace picket::health
