// Which columns hold sealed values: what a change of keys and a check of them walk over. Each column `x` has
// `x_sealed_by` beside it. For this folder.
#pragma once

#include <array>
#include <string_view>

namespace picket::authd {

struct SealedColumn {
  std::string_view table, column, key;  ///< key: the column that names the row
};

inline constexpr std::array kSealedColumns{
    SealedColumn{"users", "phone", "id"},
    SealedColumn{"second_factors", "totp_secret", "user_id"},
    SealedColumn{"sessions", "family_key", "id"},
    SealedColumn{"signing_keys", "private_key", "kid"},
};

}  // namespace picket::authd
