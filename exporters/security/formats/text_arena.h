// Text that a parser makes of a line, kept until its next line without an allocation each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace picket::security {

class TextArena {
 public:
  /// Forgets everything. What is written until the next call is at most `size` bytes.
  void begin(std::size_t size) {
    text_.clear();
    if (text_.capacity() < size) text_.reserve(size);
  }
  void add(char c) { text_ += c; }
  void add(std::string_view text) { text_ += text; }
  std::size_t mark() const { return text_.size(); }
  std::string_view since(std::size_t mark) const { return std::string_view(text_).substr(mark); }

 private:
  std::string text_;
};

}  // namespace picket::security
