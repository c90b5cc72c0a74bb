#include "authd/passwords/frequent_passwords.h"

#include "authd/passwords/folding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr Bytes kFileMax = 64_MiB;

}  // namespace

FrequentPasswords FrequentPasswords::built_in() {
  FrequentPasswords list;
  list.add_lines(frequent_passwords_text());
  return list;
}

Result<FrequentPasswords> FrequentPasswords::with_file(const Files& files, const std::string& path) {
  const auto text = files.read(path, kFileMax);
  if (!text) return fail(text, "reading the list of common passwords");
  FrequentPasswords list = built_in();
  list.add_lines(*text);
  return list;
}

bool FrequentPasswords::contains(std::string_view folded) const {
  return folded_.find(folded) != folded_.end();
}

void FrequentPasswords::add_lines(std::string_view text) {
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view password = trim(line);
    for (std::string& folded : std::array{fold_plain(password), fold_leet(password)}) {
      if (!folded.empty()) folded_.insert(std::move(folded));
    }
  }
}

}  // namespace picket::authd
