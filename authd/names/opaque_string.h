// A password as RFC 8265 4.2 OpaqueString has it: the only form that is ever hashed, set or verified. NFC,
// every space a U+0020, no control characters, case kept, nothing cut. Never printed.
#pragma once

#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/result/result.h"

namespace picket::authd {

inline constexpr std::size_t kPasswordBytesMax = 1024;  ///< as typed; refused above it before any work

class OpaqueString {
 public:
  /// InvalidInput, with a reason for people (it names at most one code point), when it is empty, longer than
  /// kPasswordBytesMax, not UTF-8 or outside PRECIS' FreeformClass.
  static Result<OpaqueString> prepare(std::string_view typed);

  const std::string& reveal() const { return text_.reveal(); }
  std::size_t length() const { return length_; }  ///< code points
  bool operator==(const OpaqueString&) const = default;

 private:
  OpaqueString(std::string text, std::size_t length) : text_(std::move(text)), length_(length) {}
  Secret text_;
  std::size_t length_;
};

}  // namespace picket::authd
