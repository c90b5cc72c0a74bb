#include "authd/tokens/algorithm.h"

namespace picket::authd {

std::string_view to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::EdDsa:
      return "EdDSA";
    case Algorithm::Es256:
      return "ES256";
    case Algorithm::Rs256:
      return "RS256";
  }
  return "EdDSA";
}

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const Algorithm algorithm : {Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256}) {
    if (to_string(algorithm) == name) return algorithm;
  }
  return std::nullopt;
}

}  // namespace picket::authd
