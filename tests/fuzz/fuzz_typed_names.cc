// What people and imports type into authd: names, mail addresses, passwords, backup codes, stored hashes.
// Every parser must end without a crash, and what it accepts must read the same again.
#include <cstdint>
#include <string_view>

#include "authd/names/email_address.h"
#include "authd/names/login_name.h"
#include "authd/names/opaque_string.h"
#include "authd/names/username.h"
#include "authd/otp/backup_code.h"
#include "authd/passwords/argon2_phc.h"
#include "authd/passwords/folding.h"
#include "authd/passwords/password_hash.h"

namespace picket::authd {
namespace {

void read_names(std::string_view text) {
  if (const auto name = canonical_username(text)) {
    const auto again = canonical_username(name->key);
    check(again && again->key == name->key, "the key of a user name has another key");
    check(name->key.find('@') == std::string::npos, "a user name that reads as a mail address");
  }
  if (const auto email = canonical_email(text)) {
    const auto again = canonical_email(email->key);
    check(again && again->key == email->key, "the key of a mail address has another key");
    check(email->address.find_first_of("\r\n") == std::string::npos, "a mail address with a line break");
  }
  static_cast<void>(parse_login_name(text));
}

void read_secrets(std::string_view text) {
  if (const auto password = OpaqueString::prepare(text)) {
    const auto again = OpaqueString::prepare(password->reveal());
    // Composition may lengthen text past the limit; what still fits must not change any more.
    check(!again || *again == *password, "a prepared password that is prepared otherwise");
  }
  static_cast<void>(fold_leet(text.substr(0, kPasswordBytesMax)));
  if (const auto code = BackupCode::parse(text)) {
    check(BackupCode::parse(code->text())->text() == code->text(), "a backup code that reads otherwise");
  }
}

void read_hashes(std::string_view text) {
  if (const auto hash = parse_argon2_phc(text)) {
    check(format_argon2_phc(*hash) == text, "an argon2 hash with two spellings");
    check(check_argon2_params(hash->params).has_value(), "an argon2 hash out of bounds");
  }
  if (const auto hash = PasswordHash::parse(text)) check(hash->text() == text, "a hash that is changed");
}

}  // namespace
}  // namespace picket::authd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  picket::authd::read_names(text);
  picket::authd::read_secrets(text);
  picket::authd::read_hashes(text);
  return 0;
}
