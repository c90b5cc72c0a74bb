// All that is wrong with a configuration, at once: "alertd.yml:12:5: route.receiver: \"pager\" is not
// defined".
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result/result.h"

namespace picket {

struct Position {  ///< 1-based; 0 is "the file as a whole"
  int line = 0;
  int column = 0;  ///< in bytes
  auto operator<=>(const Position&) const = default;
};

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  /// `key` is the path of the value ("route.routes[2].receiver"), or "".
  void add(Position position, std::string_view key, std::string_view message);
  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  const std::string& file() const { return file_; }
  /// One problem a line, in file order, at most 100 and then how many more. InvalidInput.
  Error error() const;

 private:
  struct Line {
    Position position;
    std::string text;
  };
  std::string file_;
  std::vector<Line> lines_;  ///< the first thousand
  std::size_t count_ = 0;
};

}  // namespace picket
