// The signature algorithms of our tokens. A key knows its algorithm; a token never chooses one.
// Source: RFC 7518 3.1, RFC 8037 3.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace picket::authd {

enum class Algorithm : std::uint8_t { EdDsa, Es256, Rs256 };

/// "EdDSA", "ES256", "RS256": the `alg` of RFC 7518.
std::string_view to_string(Algorithm algorithm);
/// Exactly those three; letters of another case are no algorithm.
std::optional<Algorithm> parse_algorithm(std::string_view name);

}  // namespace picket::authd
