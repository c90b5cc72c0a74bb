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
  Position start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = position_of(mark); }
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
  Position start_;
};

void run_parser(std::string_view text, YamlBuilder& builder, Problems& problems) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  if (!parser.HandleNextDocument(builder)) return;
  SecondDocument second;
  if (!parser.HandleNextDocument(second)) return;
  problems.add(second.start(), "", "a second document starts here; a file holds one");
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
    problems.add(position_of(e.mark), "", e.msg);
  } catch (const std::exception& e) {
    problems.add({}, "", e.what());
  }
  return builder.take_root();
}

}  // namespace picket
