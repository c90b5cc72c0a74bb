#include "authd/totp/enrolment.h"

#include <qrcodegen/qrcodegen.hpp>

#include "base/text/escape.h"

namespace picket::authd {
namespace {

using qrcodegen::QrCode;

constexpr std::size_t kTextMax = 1000;  // what medium correction holds is 2331 bytes; phones read less
constexpr int kQuietZone = 4;

/// Dark modules, each run of a row as one rectangle.
std::string path_of(const QrCode& code) {
  std::string path;
  for (int y = 0; y < code.getSize(); ++y) {
    for (int x = 0; x < code.getSize(); ++x) {
      if (!code.getModule(x, y)) continue;
      const int start = x;
      while (code.getModule(x, y)) ++x;  // false beyond the edge
      path += fmt::format("M{},{}h{}v1h-{}z", start + kQuietZone, y + kQuietZone, x - start, x - start);
    }
  }
  return path;
}

}  // namespace

std::string otpauth_uri(const TotpKey& key, std::string_view issuer, std::string_view account) {
  const std::string name = percent_encode(issuer);
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm={}&digits={}&period={}", name,
                     percent_encode(account), key.secret.base32(), name, to_string(key.params.algorithm),
                     key.params.digits, kTotpStep.count());
}

Result<std::string> qr_svg(std::string_view text, std::string_view title) {
  const std::string content(text);
  if (content.size() > kTextMax || content.find('\0') != std::string::npos)
    return fail(ErrorKind::InvalidInput, fmt::format("a QR code holds at most {} bytes", kTextMax));
  const QrCode code = QrCode::encodeText(content.c_str(), QrCode::Ecc::MEDIUM);
  const int side = code.getSize() + 2 * kQuietZone;
  return fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {0} {0}" )"
                     R"(shape-rendering="crispEdges"><title>{1}</title>)"
                     R"(<rect width="{0}" height="{0}" fill="#fff"/><path fill="#000" d="{2}"/></svg>)",
                     side, escape_html(title), path_of(code));
}

}  // namespace picket::authd
