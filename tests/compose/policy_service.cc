#include "tests/compose/policy_service.h"

#include <fmt/format.h>

namespace picket::test {

std::string Service::text(std::string_view key) const {
  const YamlNode* value = node_.find(key);
  return value == nullptr ? "" : value->scalar;
}

std::vector<std::string> Service::list(std::string_view key) const {
  std::vector<std::string> out;
  if (const YamlNode* value = node_.find(key); value != nullptr) {
    for (const YamlNode& item : value->items) out.push_back(item.scalar);
  }
  return out;
}

std::string Service::program() const {
  constexpr std::string_view kOurs = "picket/";
  const std::string image = text("image");
  return image.starts_with(kOurs) ? image.substr(kOurs.size(), image.find(':') - kOurs.size()) : "";
}

void Service::must(bool holds, std::string_view what) const {
  if (!holds) findings_.push_back(fmt::format("{}: {}", name_, what));
}

}  // namespace picket::test
