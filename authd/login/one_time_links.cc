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

Result<Link> OneTimeLinks::find(const std::string& token, std::initializer_list<LinkKind> kinds,
                                const Client& client, const Patience& patience) {
  // Nobody guesses 256 bits: blocks are asked where the request came in, and too many failures bring none.
  const Caller caller{.address = client.address, .is_shared = client.is_shared, .is_known = true};
  auto tried = parts_.tries.enter({.caller = caller, .account = opaque_token_hash(token)}, patience);
  if (!tried) return fail(tried);
  if (!tried->pass) return fail(limited_error(tried->answer));
  auto link = look_up(token, kinds);
  if (!link && link.error().kind == ErrorKind::Denied) {
    tried->pass->failed();
  } else {
    tried->pass->passed();
  }
  return link;
}

Result<Link> OneTimeLinks::look_up(const std::string& token, std::initializer_list<LinkKind> kinds) {
  if (!is_opaque_token(token, kLinkPrefix)) return link_over();
  auto link = parts_.store.find(opaque_token_hash(token));
  if (!link) return fail(link);
  if (!*link || std::ranges::find(kinds, (*link)->kind) == kinds.end()) return link_over();
  if ((*link)->used_at != WallTime{} || parts_.clock.wall() >= (*link)->expires_at) return link_over();
  return std::move(**link);
}

Result<Secret> OneTimeLinks::make(Link link) {
  Secret token = make_opaque_token(parts_.random, kLinkPrefix);
  link.hash = opaque_token_hash(token.reveal());
  link.created_at = parts_.clock.wall();
  if (const auto added = parts_.store.add(link); !added) return fail(added);
  return token;
}

Result<void> OneTimeLinks::revoke_all(const std::string& user_id, LinkKind kind) {
  const auto revoked = parts_.store.revoke_all(user_id, kind, parts_.clock.wall());
  return revoked ? Result<void>() : fail(revoked);
}

std::string OneTimeLinks::url_of(const Secret& token, const std::string& path) const {
  const auto rules = parts_.settings.current();
  return fmt::format("{}{}?token={}", rules->config.links.base_url, path, token.reveal());
}

}  // namespace picket::authd
