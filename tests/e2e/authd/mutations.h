// Requests to every route of authd, made from its OpenAPI document and then broken: hostile values, fields
// that are missing or of another type, other methods, other credentials, bytes that were changed. The same
// number makes the same request. Safe from any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_get.h"

namespace picket::test {

struct Mutation {
  std::string bytes;       ///< as they are sent
  std::string method;      ///< "HEAD" has no body in its answer
  bool is_broken = false;  ///< the bytes were changed: there may be no answer at all
};

class Mutations {
 public:
  /// What one request is made of, that is not in the document.
  struct Setting {
    std::vector<std::string> ids{};             ///< of accounts that may be acted on
    std::vector<std::string> names{};           ///< of the same
    std::vector<HttpHeaders> callers{};         ///< one of each kind
    std::vector<std::string_view> passwords{};  ///< that are sometimes right
  };
  Mutations(const nlohmann::json& document, std::uint64_t seed) : document_(document), seed_(seed) {}

  Mutation make(std::uint64_t number, const Setting& setting) const;

 private:
  const nlohmann::json document_;
  const std::uint64_t seed_;
};

}  // namespace picket::test
