// The patterns of access rules: hosts and paths, compiled when the configuration is read. Values; safe from
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/config/reader.h"

namespace picket::authd {

/// "app.example.org", or "*.example.org" for every name below example.org (not for itself).
class HostPattern {
 public:
  static Result<HostPattern> parse(std::string_view text);
  /// `host` as Authority has it.
  bool matches(std::string_view host) const;

 private:
  std::string name_;  ///< with its dot in front when it is a parent
  bool is_parent_ = false;
};

/// "/login" for itself and "/login/"; "/admin/*" for /admin and all below it; "~ ^/v[12]/" is an RE2
/// expression, found anywhere in the path.
class PathPattern {
 public:
  static Result<PathPattern> parse(std::string_view text);
  /// `path` as canonical_path() gives it.
  bool matches(std::string_view path) const;
  /// The first segment that every path has which matches; nothing when they differ.
  std::optional<std::string> segment() const;

 private:
  std::string prefix_;  ///< without a final slash
  bool has_children_ = false;
  std::optional<Regex> expression_;
};

/// "a" of "/a/b" and of "/a"; "" of "/".
std::string_view first_segment(std::string_view path);

bool read_value(const ValueReader& r, HostPattern& pattern);
bool read_value(const ValueReader& r, PathPattern& pattern);

}  // namespace picket::authd
