#include "exporters/security/formats/member_path.h"

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::security {
namespace {

Failure bad_path(std::string_view text) {
  return fail(ErrorKind::InvalidInput,
              fmt::format("\"{}\" is not a path of members (write it as request.headers.Referer[0])",
                          truncate(text, 64)));
}

}  // namespace

Result<MemberPath> MemberPath::parse(std::string_view text) {
  constexpr std::size_t kStepsMax = 16;
  MemberPath path;
  path.text_ = text;
  for (const std::string_view step : split(text, '.')) {
    if (!path.add_step(step)) return bad_path(text);
  }
  if (path.steps_.size() > kStepsMax) return bad_path(text);
  return path;
}

Result<void> MemberPath::add_step(std::string_view step) {
  const std::size_t bracket = step.find('[');
  if (step.empty() || bracket == 0) return bad_path(step);
  steps_.push_back({.name = std::string(step.substr(0, bracket))});
  for (std::size_t at = bracket; at < step.size();) {
    const std::size_t close = step.find(']', at);
    if (step[at] != '[' || close == std::string_view::npos) return bad_path(step);
    const auto index = parse_int(step.substr(at + 1, close - at - 1));
    if (!index || *index < 0) return bad_path(step);
    steps_.push_back({.name = {}, .index = static_cast<std::size_t>(*index)});
    at = close + 1;
  }
  return {};
}

MemberPath MemberPath::of_whole_list() const {
  MemberPath list = *this;
  if (!list.steps_.back().name.empty()) return list;
  list.steps_.pop_back();
  list.text_.resize(list.text_.rfind('['));
  return list;
}

const nlohmann::json* MemberPath::Step::in(const nlohmann::json& value) const {
  if (name.empty()) return value.is_array() && index < value.size() ? &value[index] : nullptr;
  if (!value.is_object()) return nullptr;
  const auto member = value.find(name);
  return member == value.end() ? nullptr : &*member;
}

const nlohmann::json* MemberPath::find(const nlohmann::json& object) const {
  if (!object.is_object()) return nullptr;
  if (const auto whole = object.find(text_); whole != object.end()) return &*whole;
  const nlohmann::json* at = &object;
  for (const Step& step : steps_) {
    at = step.in(*at);
    if (at == nullptr) break;
  }
  return at;
}

}  // namespace picket::security
