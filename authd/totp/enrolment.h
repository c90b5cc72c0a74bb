// What a person enrols an authenticator app with: an otpauth:// URI, and its QR code as SVG that stands in a
// page or alone. Pure.
#pragma once

#include <string>
#include <string_view>

#include "authd/totp/totp.h"

namespace picket::authd {

/// otpauth://totp/Issuer:account?secret=...&issuer=...&algorithm=...&digits=...&period=30, all escaped. Holds
/// the secret: shown once, never logged.
std::string otpauth_uri(const TotpKey& key, std::string_view issuer, std::string_view account);

/// One <svg role="img"> with a <title>, black on white with the quiet zone of four modules; no style, no
/// script, no id, so that it can be inlined under any CSP. InvalidInput for text over 1000 bytes.
Result<std::string> qr_svg(std::string_view text, std::string_view title);

}  // namespace picket::authd
