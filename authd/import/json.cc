// An array of objects, or one object a line, with the names that CSV has for its columns.
#include <nlohmann/json.hpp>

#include "authd/import/raw_user.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using Json = nlohmann::json;

constexpr int kDepthMax = 8;

/// Counts lines while the parser reads: the library tells no positions.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, int* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  int* line_;
};

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

void read_array(std::string_view text, UserCheck& check) {
  int line = 1;
  bool is_deep = false;
  std::vector<int> lines;
  const auto watch = [&](int depth, Json::parse_event_t event, Json&) {
    if (depth == 1 && event == Json::parse_event_t::object_start) lines.push_back(line);
    is_deep = is_deep || depth > kDepthMax;
    return !is_deep;
  };
  const Json array = Json::parse(CountingIterator(text.data(), &line),
                                 CountingIterator(text.data() + text.size(), &line), watch, false);
  if (is_deep) return check.problem(0, "nests too deep");
  if (!array.is_array()) return check.problem(line, "is no JSON from here on");
  std::size_t objects = 0;
  for (const Json& element : array) {
    take_object(element, element.is_object() ? lines[objects++] : 0, check);
  }
}

void read_lines(std::string_view text, UserCheck& check) {
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const auto watch = [](int depth, Json::parse_event_t, Json&) { return depth <= kDepthMax; };
    const Json object = Json::parse(line, watch, false);
    if (object.is_discarded()) {
      check.problem(number, "is no JSON");
    } else {
      take_object(object, number, check);
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
