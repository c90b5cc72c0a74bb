#include "authd/forward_auth/url_pattern.h"

#include "authd/forward_auth/authority.h"
#include "authd/forward_auth/canonical_path.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

Failure invalid(std::string message) {
  return fail(ErrorKind::InvalidInput, std::move(message));
}

/// As a browser would send it: rules are written decoded.
std::string encoded(std::string_view path) {
  std::vector<std::string> segments;
  for (const std::string_view segment : split(path, '/')) segments.push_back(percent_encode(segment));
  return join(segments, "/");
}

template <class Pattern>
bool read_pattern(const ValueReader& r, Pattern& pattern) {
  std::string text;
  if (!r.decode(text)) return false;
  auto parsed = Pattern::parse(text);
  if (parsed) {
    pattern = std::move(*parsed);
    return true;
  }
  r.problem(fmt::format("\"{}\": {}", text, parsed.error().message));
  return false;
}

}  // namespace

Result<HostPattern> HostPattern::parse(std::string_view text) {
  HostPattern pattern;
  pattern.is_parent_ = text.starts_with("*.");
  const auto host = canonical_host(text.substr(pattern.is_parent_ ? 2 : 0));
  if (!host) return invalid("must be a host name without port, or *. and a name");
  pattern.name_ = (pattern.is_parent_ ? "." : "") + *host;
  return pattern;
}

bool HostPattern::matches(std::string_view host) const {
  if (!is_parent_) return host == name_;
  return host.size() > name_.size() && host.ends_with(name_);
}

Result<PathPattern> PathPattern::parse(std::string_view text) {
  PathPattern pattern;
  if (text.starts_with('~')) {
    const auto expression = Regex::compile(trim(text.substr(1)));
    if (!expression) return fail(expression);
    pattern.expression_ = *expression;
    return pattern;
  }
  pattern.has_children_ = text.ends_with("/*");
  if (pattern.has_children_) text.remove_suffix(1);
  const auto path = canonical_path(encoded(text));
  if (!path) return invalid(fmt::format("no request has this path: {}", path.error().message));
  if (path->find('*') != std::string::npos)
    return invalid("a * can only be the last segment; expressions begin with ~");
  pattern.prefix_ = path->ends_with('/') ? path->substr(0, path->size() - 1) : *path;
  return pattern;
}

bool PathPattern::matches(std::string_view path) const {
  if (expression_) return expression_->search(path);
  if (!path.starts_with(prefix_)) return false;
  const std::string_view rest = path.substr(prefix_.size());
  return rest.empty() || rest == "/" || (has_children_ && rest.front() == '/');
}

std::optional<std::string> PathPattern::segment() const {
  // "/*" begins with every segment.
  if (expression_ || (prefix_.empty() && has_children_)) return std::nullopt;
  return std::string(first_segment(prefix_));
}

std::string_view first_segment(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

bool read_value(const ValueReader& r, HostPattern& pattern) {
  return read_pattern(r, pattern);
}
bool read_value(const ValueReader& r, PathPattern& pattern) {
  return read_pattern(r, pattern);
}

}  // namespace picket::authd
