#include "base/deliver/idna.h"

#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/stringpiece.h>

#include <memory>

namespace picket {

Result<std::string> to_a_labels(std::string_view domain) {
  constexpr std::uint32_t kOptions = UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                     UIDNA_CHECK_CONTEXTO | UIDNA_NONTRANSITIONAL_TO_ASCII;
  UErrorCode status = U_ZERO_ERROR;
  static const std::unique_ptr<const icu::IDNA> idna(icu::IDNA::createUTS46Instance(kOptions, status));
  check(idna != nullptr, "ICU has no IDNA tables");
  status = U_ZERO_ERROR;
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  icu::IDNAInfo faults;
  const icu::StringPiece piece(domain.data(), static_cast<int32_t>(domain.size()));
  idna->nameToASCII_UTF8(piece, sink, faults, status);
  if (U_FAILURE(status) || faults.hasErrors())
    return fail(ErrorKind::InvalidInput, "an address has a domain that cannot be one");
  return out;
}

}  // namespace picket
