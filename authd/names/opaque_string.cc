#include "authd/names/opaque_string.h"

#include <algorithm>

#include "authd/names/precis.h"

namespace picket::authd {

Result<OpaqueString> OpaqueString::prepare(std::string_view typed) {
  if (typed.empty()) return fail(ErrorKind::InvalidInput, "password is empty");
  if (typed.size() > kPasswordBytesMax) {
    return fail(ErrorKind::InvalidInput, fmt::format("password is longer than {} bytes", kPasswordBytesMax));
  }
  auto text = decode_utf8(typed);
  if (!text) return fail(text, "password");
  std::ranges::replace_if(*text, is_space, U' ');
  const CodePoints prepared = to_nfc(*text);
  if (auto fine = check_string_class(prepared, StringClass::Freeform); !fine) return fail(fine, "password");
  return OpaqueString(encode_utf8(prepared), prepared.size());
}

}  // namespace picket::authd
