// Files of accounts from other programs, and the text of the sealing keys. What is taken must hold what the
// importer promises; the first byte chooses the format.
#include <array>
#include <cstdint>

#include "authd/import/import_file.h"
#include "authd/passwords/password_hash.h"
#include "authd/secrets/sealing_keys.h"

namespace picket::authd {
namespace {

void try_import(ImportFormat format, std::string_view text) {
  const ImportFile file = read_import_file(format, text, {{"admins", Role::Admin}});
  check(!file.users.empty() || !file.problems.empty(), "a file without users is a problem");
  for (const ImportedUser& imported : file.users) {
    check(!imported.user.username_key.empty() && !imported.user.email_key.empty(), "users have keys");
    check(imported.user.role != Role::Owner, "owners are not imported");
    const std::string& hash = imported.user.password_hash;
    check(hash.empty() || PasswordHash::parse(hash).has_value(), "hashes are within bounds");
  }
}

void try_keys(std::string_view text) {
  const auto keys = SealingKeys::parse(Secret(std::string(text)));
  if (!keys) return;
  const auto again = SealingKeys::parse(keys->text());
  check(again.has_value() && again->text() == keys->text(), "keys are read as they are written");
}

}  // namespace
}  // namespace picket::authd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace picket::authd;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  constexpr std::array kFormats{ImportFormat::Authelia, ImportFormat::Csv, ImportFormat::Json};
  const std::size_t choice = bytes[0] % (kFormats.size() + 1);
  if (choice < kFormats.size()) {
    try_import(kFormats.at(choice), text);
  } else {
    try_keys(text);
  }
  return 0;
}
