// Between a session as the store keeps it and its family of refresh tokens as judge_refresh() takes it. For
// this folder. Pure.
#pragma once

#include <string>
#include <string_view>

#include "authd/accounts/session.h"
#include "authd/tokens/refresh.h"

namespace picket::authd {

constexpr std::size_t kFamilyIdBytes = 16;

/// The raw id as columns and maps have it: base64url.
std::string family_id_text(std::string_view raw);
std::string raw_family_id(std::string_view text);

RefreshFamily family_of(const Session& session);
/// What SessionStore::rotate takes: the family after a judgement of version `judged`.
RefreshState state_of(const RefreshFamily& family, std::int64_t judged);

}  // namespace picket::authd
