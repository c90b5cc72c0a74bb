#include "alertd/rules/stored_rule.h"

#include "base/text/strings.h"

namespace picket::alertd {

std::string short_rule_key(const std::string& key) {
  constexpr std::size_t kMaxKey = 500;
  if (key.size() <= kMaxKey) return key;
  return truncate(key, kMaxKey) + Labels({{"key", key}}).fingerprint().to_string();
}

}  // namespace picket::alertd
