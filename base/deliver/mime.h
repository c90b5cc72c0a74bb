// Text as mail carries it: header fields folded and encoded (RFC 5322 2.2.3, RFC 2047), bodies in
// quoted-printable or base64 (RFC 2045). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/deliver/mailbox.h"

namespace picket {

/// UTF-8 repaired, control characters as spaces, trimmed.
std::string one_line(std::string_view text);
/// "Name: value\r\n" in lines of at most 78 octets where the value allows, encoded words for what is not
/// ASCII. Control characters in the value become spaces.
std::string unstructured_field(std::string_view name, std::string_view value);
/// "To: A <a@b>, ...\r\n", folded between addresses.
std::string address_field(std::string_view name, const std::vector<Mailbox>& mailboxes);
/// "Message-ID: <id>\r\n".
std::string id_field(std::string_view name, std::string_view id);

struct EncodedBody {
  std::string_view transfer_encoding;  ///< "7bit", "quoted-printable" or "base64"
  std::string content;                 ///< CRLF lines of at most 76 octets, ends with CRLF
};
/// 7bit when that fits `text` (UTF-8, any line ends), base64 when most of it is not ASCII.
EncodedBody encode_body(std::string_view text);

std::string quoted_printable(std::string_view crlf_text);

}  // namespace picket
