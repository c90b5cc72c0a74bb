#include "authd/ctl/password_prompt.h"

#include "base/crypto/typed_secret.h"

namespace picket::authd {
namespace {

constexpr std::size_t kLineMax = std::size_t{64} * 1024;

/// One line, of any length that OpaqueString then judges.
Result<Secret> read_line(std::istream& in) {
  std::string line;
  for (char letter = 0; line.size() < kLineMax && in.get(letter) && letter != '\n';) line += letter;
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return fail(ErrorKind::InvalidInput, "--password-stdin: standard input has no line");
  return Secret(std::move(line));
}

}  // namespace

Result<Secret> read_password(Terminal& terminal, const std::string& whose) {
  return terminal.has_keyboard ? ask_secret_twice("Password of " + whose + ": ") : read_line(terminal.in);
}

}  // namespace picket::authd
