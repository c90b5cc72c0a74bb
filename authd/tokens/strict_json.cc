#include "authd/tokens/strict_json.h"

#include <set>
#include <vector>

namespace picket::authd {
namespace {

constexpr int kDepthMax = 8;

/// Watches the parser's events for what nlohmann's own reader lets pass: equal keys and depth.
class Watch {
 public:
  bool see(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (depth > kDepthMax) is_fine_ = false;
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(parsed.get_ref<const std::string&>()).second) {
      is_fine_ = false;
    }
    return is_fine_;
  }
  bool is_fine() const { return is_fine_; }

 private:
  std::vector<std::set<std::string>> keys_;
  bool is_fine_ = true;
};

}  // namespace

std::optional<nlohmann::json> parse_strict_object(std::string_view text) {
  // nlohmann would skip a byte order mark, and take a NUL for the end of the text.
  if (!text.starts_with('{') || text.find('\0') != std::string_view::npos) return std::nullopt;
  Watch watch;
  const auto see = [&watch](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    return watch.see(depth, event, parsed);
  };
  auto parsed = nlohmann::json::parse(text.begin(), text.end(), see, /*allow_exceptions=*/false);
  if (!watch.is_fine() || !parsed.is_object()) return std::nullopt;
  return parsed;
}

const std::string* find_string(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return nullptr;
  return found->get_ptr<const std::string*>();
}

}  // namespace picket::authd
