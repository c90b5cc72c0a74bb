#include "base/text/regex.h"

#include <re2/re2.h>

#include <optional>

namespace picket {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name after '$', as Go's Regexp.Expand reads it: ${name}, or the longest run of word characters.
// Advances `text` past it; nothing when it is malformed (then the dollar stands for itself).
std::optional<std::string_view> take_name(std::string_view& text) {
  const bool braced = text.starts_with('{');
  const std::string_view rest = braced ? text.substr(1) : text;
  std::size_t length = 0;
  while (length < rest.size() && is_word(rest[length])) ++length;
  if (length == 0 || (braced && (length == rest.size() || rest[length] != '}'))) return std::nullopt;
  text = rest.substr(length + (braced ? 1 : 0));
  return rest.substr(0, length);
}

// -1 when there is no such group: it expands to nothing.
int group_index(const re2::RE2& program, std::string_view name) {
  if (name.find_first_not_of("0123456789") == std::string_view::npos) {
    if (name.size() > 3) return -1;
    return std::stoi(std::string(name));
  }
  const auto& names = program.NamedCapturingGroups();
  const auto found = names.find(std::string(name));
  return found == names.end() ? -1 : found->second;
}

void expand(std::string& out, const re2::RE2& program, std::string_view replacement,
            const std::vector<re2::StringPiece>& groups) {
  while (!replacement.empty()) {
    const std::size_t dollar = replacement.find('$');
    out += replacement.substr(0, dollar);
    if (dollar == std::string_view::npos) return;
    replacement.remove_prefix(dollar + 1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
      continue;
    }
    const auto name = take_name(replacement);
    if (!name) {
      out += '$';
      continue;
    }
    const int index = group_index(program, *name);
    if (index < 0 || index >= static_cast<int>(groups.size())) continue;
    const re2::StringPiece& group = groups[static_cast<std::size_t>(index)];
    if (group.data() != nullptr) out.append(group.data(), group.size());
  }
}

std::size_t character_length(std::string_view text, std::size_t at) {
  std::size_t length = 1;
  while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xC0U) == 0x80)
    ++length;
  return length;
}

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(8 << 20);
  auto program = std::make_shared<const re2::RE2>(piece(pattern), options);
  if (!program->ok()) {
    return fail(ErrorKind::InvalidInput,
                program->error_arg().empty()
                    ? program->error()
                    : fmt::format("{} (at \"{}\")", program->error(), program->error_arg()));
  }
  return Regex(std::move(program));
}

bool Regex::search(std::string_view text) const {
  return re2::RE2::PartialMatch(piece(text), *program_);
}

bool Regex::full_match(std::string_view text) const {
  return re2::RE2::FullMatch(piece(text), *program_);
}

std::vector<std::string> Regex::groups(std::string_view text) const {
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(program_->NumberOfCapturingGroups()) + 1);
  std::vector<std::string> out;
  if (!program_->Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, found.data(),
                       static_cast<int>(found.size()))) {
    return out;
  }
  for (const auto& group : found) out.emplace_back(group.data() == nullptr ? "" : group.as_string());
  return out;
}

std::string Regex::replace_all(std::string_view text, std::string_view replacement) const {
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(program_->NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t copied = 0;  // everything before is in `out`
  std::size_t from = 0;
  std::optional<std::size_t> last_end;  // an empty match right after a match is not taken
  while (from <= text.size() && program_->Match(piece(text), from, text.size(), re2::RE2::UNANCHORED,
                                                found.data(), static_cast<int>(found.size()))) {
    const auto start = static_cast<std::size_t>(found[0].data() - text.data());
    const std::size_t end = start + found[0].size();
    out += text.substr(copied, start - copied);
    if (end > start || last_end != start) expand(out, *program_, replacement, found);
    copied = end;
    last_end = end;
    from = end;
    if (end > start) continue;
    if (end == text.size()) break;
    from += character_length(text, end);
    out += text.substr(end, from - end);
    copied = from;
  }
  if (copied < text.size()) out += text.substr(copied);
  return out;
}

const std::string& Regex::pattern() const {
  return program_->pattern();
}

}  // namespace picket
