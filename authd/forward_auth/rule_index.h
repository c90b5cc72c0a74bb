// Which rules can be about a path at all, by its first segment, so that a request asks a few of many rules
// and still in their order. Immutable once built; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "authd/forward_auth/url_pattern.h"

namespace picket::authd {

class RuleIndex {
 public:
  /// Adds the next rule, with the paths it is about; none: all.
  void add(const std::vector<PathPattern>& paths);

  /// The first rule that can be about `path` and that `accepts(rule)`; -1 when none is.
  template <class Accepts>
  int first(std::string_view path, Accepts accepts) const {
    static const std::vector<int> none;
    const auto found = by_segment_.find(first_segment(path));
    const std::vector<int>& some = found == by_segment_.end() ? none : found->second;
    auto a = some.begin();
    auto b = any_.begin();
    while (a != some.end() || b != any_.end()) {
      const bool takes_a = b == any_.end() || (a != some.end() && *a < *b);
      const int rule = takes_a ? *a++ : *b++;
      if (accepts(rule)) return rule;
    }
    return -1;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  int count_ = 0;
  std::unordered_map<std::string, std::vector<int>, Hash, std::equal_to<>> by_segment_;
  std::vector<int> any_;
};

}  // namespace picket::authd
