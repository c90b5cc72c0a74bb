#include "base/text/regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "base/text/escape.h"

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

/// Of the character at the start; 0 when its first byte is no part of valid UTF-8.
std::size_t valid_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return length <= text.size() && is_valid_utf8(text.substr(0, length)) ? length : 0;
}

/// A text as RE2 can read it: ASCII's SUB stands for each byte that is no UTF-8, so that places stay the
/// same.
class Readable {
 public:
  explicit Readable(std::string_view text) : original_(text), valid_(is_valid_utf8(text)) {
    if (valid_) return;
    repaired_ = text;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = valid_length(text.substr(at));
      if (length == 0) repaired_[at] = '\x1A';
      at += std::max<std::size_t>(length, 1);
    }
  }

  re2::StringPiece text() const { return piece(valid_ ? original_ : repaired_); }

  /// What stands in the original where `group` of text() is.
  re2::StringPiece original(const re2::StringPiece& group) const {
    if (valid_ || group.data() == nullptr) return group;
    return piece(original_.substr(static_cast<std::size_t>(group.data() - repaired_.data()), group.size()));
  }

 private:
  const std::string_view original_;
  const bool valid_;
  std::string repaired_;
};

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
  return re2::RE2::PartialMatch(Readable(text).text(), *program_);
}

bool Regex::full_match(std::string_view text) const {
  return re2::RE2::FullMatch(Readable(text).text(), *program_);
}

std::vector<std::string> Regex::groups(std::string_view text) const {
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(program_->NumberOfCapturingGroups()) + 1);
  std::vector<std::string> out;
  const Readable readable(text);
  if (!program_->Match(readable.text(), 0, readable.text().size(), re2::RE2::UNANCHORED, found.data(),
                       static_cast<int>(found.size()))) {
    return out;
  }
  for (const auto& group : found)
    out.emplace_back(group.data() == nullptr ? "" : readable.original(group).as_string());
  return out;
}

std::string Regex::replace_all(std::string_view text, std::string_view replacement) const {
  const Readable readable(text);
  const re2::StringPiece subject = readable.text();
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(program_->NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t copied = 0;  // everything before is in `out`
  std::size_t from = 0;
  std::optional<std::size_t> last_end;  // an empty match right after a match is not taken
  while (from <= text.size() && program_->Match(subject, from, text.size(), re2::RE2::UNANCHORED,
                                                found.data(), static_cast<int>(found.size()))) {
    const auto start = static_cast<std::size_t>(found[0].data() - subject.data());
    const std::size_t end = start + found[0].size();
    out += text.substr(copied, start - copied);
    for (re2::StringPiece& group : found) group = readable.original(group);
    if (end > start || last_end != start) expand(out, *program_, replacement, found);
    copied = end;
    last_end = end;
    from = end;
    if (end > start) continue;
    if (end == text.size()) break;
    from += std::max<std::size_t>(valid_length(text.substr(end)), 1);
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
