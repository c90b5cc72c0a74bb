#include "exporters/security/sources/source_config.h"

#include <algorithm>
#include <cctype>

#include "exporters/security/formats/line_parser.h"

namespace picket::security {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr Bytes kLineLimitMin{1 << 10}, kLineLimitMax{kLineMax};

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax && name.front() != '.' &&
         std::ranges::all_of(
             name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; });
}

void read_files(MapReader& r, TailOptions& files) {
  r.require("path", files.pattern);
  if (!files.pattern.empty() && files.pattern.front() != '/')
    r.problem("path", "must be absolute: \"/var/log/nginx/access.log\", or a pattern of such");
  r.read_enum("from", files.from, {{"start", TailFrom::Start}, {"end", TailFrom::End}});
  r.read("allowed_roots", files.allowed_roots);
  for (const std::string& root : files.allowed_roots) {
    if (root.empty() || root.front() != '/')
      r.problem("allowed_roots", fmt::format("\"{}\" is not an absolute path", root));
  }
  r.read("line_limit", files.line_limit);
  if (files.line_limit < kLineLimitMin || files.line_limit > kLineLimitMax)
    r.problem("line_limit", "must be from 1KiB to 1MiB");
}

}  // namespace

void read_yaml(MapReader& r, SourceConfig& source) {
  r.require("name", source.name);
  if (!source.name.empty() && !is_name(source.name))
    r.problem("name", "may hold letters, digits, _ - and . (not at its beginning), at most 64");
  read_yaml(r, source.format);
  read_files(r, source.files);
}

}  // namespace picket::security
