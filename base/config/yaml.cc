#include "base/config/yaml.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "base/config/yaml_builder.h"
#include "base/text/escape.h"

namespace picket {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(std::ranges::count(before, '\n')) + 1, static_cast<int>(offset - line_start) + 1};
}

/// The first byte that is not part of a UTF-8 character. Whole lines first: a character never spans two.
std::size_t first_invalid_byte(std::string_view text) {
  std::size_t valid = 0;
  for (std::size_t end = 0; end < text.size();) {
    const std::size_t newline = text.find('\n', end);
    end = newline == std::string_view::npos ? text.size() : newline + 1;
    if (is_valid_utf8(text.substr(valid, end - valid))) {
      valid = end;
      continue;
    }
    while (valid < end) {
      std::size_t length = 1;
      while (length <= 4 && !is_valid_utf8(text.substr(valid, length))) ++length;
      if (length > 4) return valid;
      valid += length;
    }
  }
  return valid;
}

/// What yaml-cpp would misread instead of refusing.
bool check_bytes(std::string_view text, const YamlLimits& limits, Problems& problems) {
  if (text.size() > limits.size.count) {
    problems.add({}, "", fmt::format("is larger than {}", format_bytes(limits.size)));
    return false;
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    problems.add(position_at(text, nul), "", "holds a NUL byte: not a text file");
    return false;
  }
  if (!is_valid_utf8(text)) {
    problems.add(position_at(text, first_invalid_byte(text)), "", "is not valid UTF-8");
    return false;
  }
  return true;
}

/// Notes where a second document starts, and nothing else.
class SecondDocument final : public YAML::EventHandler {
 public:
  const YAML::Mark& start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

 private:
  YAML::Mark start_;
};

std::string_view from(std::string_view text, int offset) {
  return offset < 0 ? "" : text.substr(std::min(text.size(), static_cast<std::size_t>(offset)));
}

/// yaml-cpp takes what it cannot fit into the document for the start of another one.
void refuse_second(std::string_view text, const YAML::Mark& start, Problems& problems) {
  const bool marked = from(text, start.pos).starts_with("---");
  problems.add(position_of(start), "",
               marked
                   ? "a second document starts here; a file holds one"
                   : "does not belong to the value before it (wrong indentation, or no space after \":\"?)");
}

void run_parser(std::string_view text, YamlBuilder& builder, Problems& problems) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  if (!parser.HandleNextDocument(builder)) return;
  SecondDocument second;
  if (parser.HandleNextDocument(second)) refuse_second(text, second.start(), problems);
}

/// The offset of the quote after `&anchor` and `!tag`, or of the end.
std::size_t opening_quote(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    at = std::min(text.find_first_of(" \t\r\n", at), text.size());
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  }
  return at;
}

/// `text` begins with the quote. Inside, `\"` and `''` are text.
bool is_closed(std::string_view text) {
  const char quote = text[0];
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool doubled = quote == '\'' && i + 1 < text.size() && text[i] == quote && text[i + 1] == quote;
    const bool escapes = quote == '"' && text[i] == '\\';
    if (doubled || escapes) {
      ++i;
    } else if (text[i] == quote) {
      return true;
    }
  }
  return false;
}

/// yaml-cpp lets the end of the file close a quote, which would swallow everything behind a forgotten one.
void check_last_quote(std::string_view text, int last_quoted, Problems& problems) {
  const std::string_view scalar = from(text, last_quoted);
  const std::size_t quote = opening_quote(scalar);
  if (quote == scalar.size() || (scalar[quote] != '"' && scalar[quote] != '\'')) return;
  if (is_closed(scalar.substr(quote))) return;
  const std::size_t offset = static_cast<std::size_t>(last_quoted) + quote;
  problems.add(position_at(text, offset), "", "the quote that opens here is never closed");
}

/// yaml-cpp has many names for what a tab does.
std::string_view tab_hint(std::string_view text, const YAML::Mark& mark) {
  if (mark.is_null()) return "";
  const std::size_t offset = text.size() - from(text, mark.pos).size();
  const std::size_t line_start = text.substr(0, offset).rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t content = std::min(text.find_first_not_of(" \t", line_start), text.size());
  const bool has_tab = text.substr(line_start, content - line_start).find('\t') != std::string_view::npos;
  return has_tab ? " (the line is indented with a tab; YAML allows only spaces)" : "";
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &found->value;
}

YamlNode parse_yaml(std::string_view text, Problems& problems, const YamlLimits& limits) {
  if (!check_bytes(text, limits, problems)) return {};
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  YamlBuilder builder(limits, problems);
  try {
    run_parser(text, builder, problems);
  } catch (const YAML::Exception& e) {
    problems.add(position_of(e.mark), "", e.msg + std::string(tab_hint(text, e.mark)));
  } catch (const std::exception& e) {
    problems.add({}, "", e.what());
  }
  check_last_quote(text, builder.last_quoted(), problems);
  return builder.take_root();
}

}  // namespace picket
