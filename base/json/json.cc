#include "base/json/json.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr int kCompact = -1;
constexpr int kIndent = 2;
constexpr std::size_t kReasonMax = 200;  // of the text, quoted

template <class Json>
std::string written(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Failure not_json(std::string_view text, std::size_t at, std::string_view why) {
  const std::string_view before = text.substr(0, at);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = at - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
  return fail(ErrorKind::InvalidInput, fmt::format("not valid JSON at {}:{}: {}", line, column, why));
}

/// Of the string that begins at `at`: its closing quote, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at;
}

/// What a scan sees outside of strings. Enough to bound what the parser would build; the parser says whether
/// it is JSON.
Result<void> check_shape(std::string_view text, const JsonLimits& limits) {
  // The parser would take it for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return not_json(text, nul, "a NUL byte");
  int depth = 0;
  std::size_t values = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case '"':
        at = end_of_string(text, at);
        break;
      case '[':
      case '{':
        if (++depth > limits.depth)
          return not_json(text, at, fmt::format("nested deeper than {} levels", limits.depth));
        break;
      case ']':
      case '}':
        --depth;
        break;
      case ',':
        if (++values > limits.values)
          return not_json(text, at, fmt::format("more than {} values", limits.values));
        break;
      default:
        break;
    }
  }
  return {};
}

/// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while ..." without what
/// not_json() says itself. It quotes the text, which may be no UTF-8.
std::string reason_in(std::string_view message) {
  const std::size_t end = message.find(message.find("parse_error") == std::string_view::npos ? "] " : ": ");
  return truncate(repair_utf8(end == std::string_view::npos ? message : message.substr(end + 2)), kReasonMax);
}

/// Watches the parser's events for a key that its object has already.
class KeyWatch {
 public:
  template <class Event, class Json>
  bool see(Event event, const Json& parsed) {
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(parsed.template get_ref<const std::string&>()).second)
      repeated_ = parsed.template get<std::string>();
    return !repeated_;
  }
  const std::optional<std::string>& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::optional<std::string> repeated_;
};

template <class Json>
Result<Json> parse_unique(std::string_view text) {
  KeyWatch watch;
  Json value = Json::parse(text, [&watch](int, typename Json::parse_event_t event, const Json& parsed) {
    return watch.see(event, parsed);
  });
  if (watch.repeated())
    return fail(ErrorKind::InvalidInput,
                fmt::format("the key {} stands twice", json_quote(truncate(*watch.repeated(), kReasonMax))));
  return value;
}

template <class Json>
Result<Json> parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes)
    return fail(ErrorKind::InvalidInput,
                fmt::format("JSON of {} is larger than {}", format_bytes(Bytes{text.size()}),
                            format_bytes(Bytes{limits.bytes})));
  if (auto fits = check_shape(text, limits); !fits) return fail(fits);
  try {
    if (!limits.repeated_keys) return parse_unique<Json>(text);
    return Json::parse(text);
  } catch (const typename Json::parse_error& e) {
    return not_json(text, std::min(e.byte == 0 ? 0 : e.byte - 1, text.size()), reason_in(e.what()));
  } catch (const typename Json::exception& e) {
    return fail(ErrorKind::InvalidInput, fmt::format("not valid JSON: {}", reason_in(e.what())));
  }
}

}  // namespace

std::string to_json(const nlohmann::json& value) {
  return written(value, kCompact);
}

std::string to_json(const nlohmann::ordered_json& value) {
  return written(value, kCompact);
}

std::string to_indented_json(const nlohmann::ordered_json& value) {
  return written(value, kIndent);
}

Result<nlohmann::json> parse_json(std::string_view text, const JsonLimits& limits) {
  return parse<nlohmann::json>(text, limits);
}

Result<nlohmann::ordered_json> parse_ordered_json(std::string_view text, const JsonLimits& limits) {
  return parse<nlohmann::ordered_json>(text, limits);
}

}  // namespace picket
