#include "authd/forward_auth/redirect_targets.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr std::size_t kTargetMax = 8192;

/// Printable ASCII without what browsers drop or turn around.
bool is_plain(char c) {
  return c > ' ' && c < 0x7f && std::string_view("\\\"<>").find(c) == std::string_view::npos;
}

struct Parts {
  std::string_view scheme, authority, rest;
};

/// Nothing unless it begins with exactly http:// or https://.
std::optional<Parts> split_url(std::string_view url) {
  for (const std::string_view scheme : {"https", "http"}) {
    const std::string_view after = url.substr(std::min(scheme.size(), url.size()));
    if (!url.starts_with(scheme) || !after.starts_with("://")) continue;
    const std::string_view rest = after.substr(3);
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    return Parts{scheme, rest.substr(0, end), rest.substr(end)};
  }
  return std::nullopt;
}

}  // namespace

Result<RedirectTargets> RedirectTargets::parse(const std::vector<std::string>& entries) {
  RedirectTargets targets;
  for (const std::string& text : entries) {
    const auto parts = split_url(text);
    if (!parts || !parts->rest.empty()) {
      return fail(ErrorKind::InvalidInput,
                  fmt::format("\"{}\" is not of the form https://host[:port]", text));
    }
    const bool is_parent = parts->authority.starts_with("*.");
    const auto authority = parse_authority(parts->scheme, parts->authority.substr(is_parent ? 2 : 0));
    if (!authority)
      return fail(ErrorKind::InvalidInput, fmt::format("\"{}\": {}", text, authority.error().message));
    targets.entries_.push_back({*authority, is_parent});
  }
  return targets;
}

bool RedirectTargets::matches(const Entry& entry, const Authority& authority) {
  if (!entry.is_parent) return entry.authority == authority;
  return entry.authority.scheme == authority.scheme && entry.authority.port == authority.port &&
         authority.host.ends_with("." + entry.authority.host);
}

std::optional<std::string> RedirectTargets::safe(std::string_view rd) const {
  if (rd.size() > kTargetMax || !std::ranges::all_of(rd, is_plain)) return std::nullopt;
  const auto parts = split_url(rd);
  if (!parts) return std::nullopt;
  const auto authority = parse_authority(parts->scheme, parts->authority);
  if (!authority) return std::nullopt;
  const auto is_its = [&](const Entry& entry) { return matches(entry, *authority); };
  if (!std::ranges::any_of(entries_, is_its)) return std::nullopt;
  return authority->origin() + (parts->rest.starts_with('/') ? "" : "/") + std::string(parts->rest);
}

bool read_value(const ValueReader& r, RedirectTargets& targets) {
  std::vector<std::string> texts;
  if (!r.decode(texts)) return false;
  auto parsed = RedirectTargets::parse(texts);
  if (!parsed) {
    r.problem(parsed.error().message);
    return false;
  }
  targets = std::move(*parsed);
  return true;
}

}  // namespace picket::authd
