// One line of an exposition being put together in a buffer of its own, for the writer's hot path: copies in
// whole words, so that a label value is read once for both looking at it and copying it. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// Text that is copied in blocks of 16 bytes: its storage is padded to whole blocks.
class PaddedText {
 public:
  static constexpr std::size_t kBlock = 16;

  explicit PaddedText(std::string_view text);
  std::size_t size() const { return size_; }
  /// Writes up to 15 bytes more than the text; returns the text's end.
  char* copy_to(char* at) const {
    for (std::size_t i = 0; i < blocks_.size(); i += kBlock) std::memcpy(at + i, blocks_.data() + i, kBlock);
    return at + size_;
  }

 private:
  std::size_t size_;
  std::string blocks_;
};

class Line {
 public:
  /// Begins a line of at most `max_size` bytes. What comes must fit.
  void begin(std::size_t max_size);
  void add(const PaddedText& text) { at_ = text.copy_to(at_); }
  void add(std::string_view text);
  /// A label value, escaped. It takes up to kLabelGrowth times its size. False when it had to be repaired.
  bool add_label_value(std::string_view value);
  /// A sample's value; up to kValueSize bytes.
  void add_value(double value);
  void add_count(std::uint64_t count);
  std::string_view text() const { return {buffer_.data(), static_cast<std::size_t>(at_ - buffer_.data())}; }

  static constexpr std::size_t kLabelGrowth = 3;
  static constexpr std::size_t kValueSize = 32;

 private:
  std::vector<char> buffer_;
  char* at_ = nullptr;
  std::string number_;
};

}  // namespace picket
