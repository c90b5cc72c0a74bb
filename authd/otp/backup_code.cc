#include "authd/otp/backup_code.h"

#include <algorithm>

#include "authd/names/opaque_string.h"
#include "authd/passwords/password_hash.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's: no I, L, O, U
constexpr std::string_view kRfcAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kSecretBytes = 10;
constexpr std::size_t kLetters = kSecretBytes * 8 / 5;
constexpr std::size_t kSlotDigits = 2;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kTypedCodeMax = 128;

Failure refuse() {
  return fail(ErrorKind::InvalidInput, "not a backup code");
}

HashParams small_hash() {
  HashParams params;
  params.argon2 = {.memory_kib = 1024, .passes = 2, .lanes = 1};
  return params;
}

char read_as(char c) {
  if (c == 'O') return '0';
  return c == 'I' || c == 'L' ? '1' : c;
}

/// Copied text brings typographic dashes and fixed spaces with it.
std::string without_separators(std::string_view typed) {
  std::string text(typed);
  for (const std::string_view separator :
       {" ", "-", "\u00A0", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014"})
    text = replace_all(text, separator, "");
  return text;
}

bool is_of_alphabet(char c) {
  return kAlphabet.find(c) != std::string_view::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string random_letters(Random& random) {
  std::string letters = base32_encode(random.bytes(kSecretBytes));
  for (char& c : letters) c = kAlphabet[kRfcAlphabet.find(c)];
  return letters;
}

/// The slot goes into the hash as well: a row that is moved does not match.
OpaqueString hashed_text(int slot, const std::string& letters) {
  auto text = OpaqueString::prepare(fmt::format("{:02}{}", slot, letters));
  check(text.has_value(), "digits and capitals are a password");
  return std::move(*text);
}

}  // namespace

std::vector<BackupCode> BackupCode::generate(int count, Random& random) {
  check(count >= 1 && count <= kBackupCodesMax, "1 to 99 backup codes");
  std::vector<BackupCode> codes;
  for (int slot = 1; slot <= count; ++slot) codes.push_back(BackupCode(slot, random_letters(random)));
  return codes;
}

Result<BackupCode> BackupCode::parse(std::string_view typed) {
  if (typed.size() > kTypedCodeMax) return refuse();
  std::string text = to_upper(without_separators(typed));
  std::ranges::transform(text, text.begin(), read_as);
  if (text.size() != kSlotDigits + kLetters || !std::ranges::all_of(text, is_of_alphabet)) return refuse();
  if (!is_digit(text[0]) || !is_digit(text[1])) return refuse();
  const int slot = (text[0] - '0') * 10 + (text[1] - '0');
  if (slot == 0) return refuse();
  return BackupCode(slot, text.substr(kSlotDigits));
}

std::string BackupCode::text() const {
  std::string out = fmt::format("{:02}", slot_);
  for (std::size_t i = 0; i < letters_.size(); i += kGroup) out += "-" + letters_.substr(i, kGroup);
  return out;
}

Result<std::string> BackupCode::hash(Random& random) const {
  const auto made = PasswordHash::make(hashed_text(slot_, letters_), small_hash(), random);
  if (!made) return fail(made);
  return made->text();
}

Result<bool> BackupCode::matches(std::string_view stored) const {
  const auto hash = PasswordHash::parse(stored);
  if (!hash) return fail(ErrorKind::Corrupt, "the stored hash of a backup code cannot be read");
  return hash->verify(hashed_text(slot_, letters_));
}

}  // namespace picket::authd
