#include "authd/login/one_time_links.h"

#include <algorithm>

#include "authd/tokens/opaque_token.h"

namespace picket::authd {
namespace {

constexpr std::string_view kLinkPrefix = "pln_";

}  // namespace

Failure link_over() {
  return fail(ErrorKind::Denied, "the link is over");
}

Result<Link> OneTimeLinks::find(const std::string& token, std::initializer_list<LinkKind> kinds) {
  if (!is_opaque_token(token, kLinkPrefix)) return link_over();
  auto link = store_.find(opaque_token_hash(token));
  if (!link) return fail(link);
  if (!*link || std::ranges::find(kinds, (*link)->kind) == kinds.end()) return link_over();
  if ((*link)->used_at != WallTime{} || clock_.wall() >= (*link)->expires_at) return link_over();
  return std::move(**link);
}

Result<Secret> OneTimeLinks::make(Link link) {
  Secret token = make_opaque_token(random_, kLinkPrefix);
  link.hash = opaque_token_hash(token.reveal());
  link.created_at = clock_.wall();
  if (const auto added = store_.add(link); !added) return fail(added);
  return token;
}

Result<void> OneTimeLinks::revoke_all(const std::string& user_id, LinkKind kind) {
  const auto revoked = store_.revoke_all(user_id, kind, clock_.wall());
  return revoked ? Result<void>() : fail(revoked);
}

std::string OneTimeLinks::url_of(const Secret& token, const std::string& path) const {
  const auto rules = settings_.current();
  return fmt::format("{}{}?token={}", rules->config.links.base_url, path, token.reveal());
}

}  // namespace picket::authd
