// An array of objects, or one object a line, with the names that CSV has for its columns.
#include <algorithm>
#include <array>
#include <vector>

#include "authd/import/raw_user.h"
#include "base/json/json.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using Json = nlohmann::json;

constexpr JsonLimits kLimits{.depth = 8};

struct Member {
  const char* name;
  std::string RawUser::*field;
};
constexpr std::array kMembers{
    Member{"username", &RawUser::username}, Member{"email", &RawUser::email},
    Member{"role", &RawUser::role},         Member{"status", &RawUser::status},
    Member{"phone", &RawUser::phone},       Member{"password_hash", &RawUser::password_hash}};

void take_object(const Json& object, int line, UserCheck& check) {
  if (!object.is_object()) return check.problem(line, "is no object");
  RawUser raw;
  raw.line = line;
  for (const auto& [name, value] : object.items()) {
    const auto* const member = std::ranges::find(kMembers, name, &Member::name);
    if (member == kMembers.end()) continue;
    if (!value.is_string() && !value.is_null()) return check.problem(line, name + ": must be text");
    if (value.is_string()) raw.*member->field = value.get<std::string>();
  }
  check.take(raw);
}

/// Of the closing quote. JSON has no line break within a string.
std::size_t end_of_string(std::string_view text, std::size_t opening) {
  std::size_t at = opening + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2U : 1U;
  return at;
}

/// The line of each object in an array that the parser took: it tells no positions.
std::vector<int> lines_of_objects(std::string_view text) {
  std::vector<int> lines;
  int line = 1;
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case '\n':
        ++line;
        break;
      case '"':
        at = end_of_string(text, at);
        break;
      case '{':
        if (depth == 1) lines.push_back(line);
        [[fallthrough]];
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        --depth;
        break;
      default:
        break;
    }
  }
  return lines;
}

void read_array(std::string_view text, UserCheck& check) {
  const Result<Json> array = parse_json(text, kLimits);
  if (!array) return check.problem(0, array.error().message);
  const std::vector<int> lines = lines_of_objects(text);
  std::size_t objects = 0;
  for (const Json& element : *array) {
    take_object(element, element.is_object() ? lines.at(objects++) : 0, check);
  }
}

void read_lines(std::string_view text, UserCheck& check) {
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    if (const Result<Json> object = parse_json(line, kLimits)) {
      take_object(*object, number, check);
    } else {
      check.problem(number, "is no JSON");
    }
  }
}

}  // namespace

void read_json(std::string_view text, UserCheck& check) {
  if (trim(text).starts_with('[')) {
    read_array(text, check);
  } else {
    read_lines(text, check);
  }
}

}  // namespace picket::authd
