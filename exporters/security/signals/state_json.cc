#include "exporters/security/signals/state_json.h"

#include <cmath>
#include <limits>

namespace picket::security {
namespace {

constexpr double kRealMax = 1e18;

}  // namespace

bool read_field(const nlohmann::json& json, bool& out) {
  if (!json.is_boolean()) return false;
  out = json.get<bool>();
  return true;
}

bool read_field(const nlohmann::json& json, std::uint64_t& out) {
  if (!json.is_number_integer()) return false;
  if (!json.is_number_unsigned() && json.get<std::int64_t>() < 0) return false;
  out = json.get<std::uint64_t>();
  return true;
}

bool read_field(const nlohmann::json& json, std::uint32_t& out) {
  std::uint64_t wide = 0;
  if (!read_field(json, wide) || wide > std::numeric_limits<std::uint32_t>::max()) return false;
  out = static_cast<std::uint32_t>(wide);
  return true;
}

bool read_field(const nlohmann::json& json, Seconds& out) {
  std::uint64_t wide = 0;
  if (!read_field(json, wide) || wide > std::uint64_t{kSecondsMax}) return false;
  out = static_cast<Seconds>(wide);
  return true;
}

bool read_field(const nlohmann::json& json, double& out) {
  if (!json.is_number()) return false;
  out = json.get<double>();
  return std::isfinite(out) && std::abs(out) <= kRealMax;
}

bool read_field(const nlohmann::json& json, std::string& out) {
  if (!json.is_string()) return false;
  out = json.get<std::string>();
  return true;
}

bool read_field(const nlohmann::json& json, IpAddress& out) {
  std::string text;
  if (!read_field(json, text)) return false;
  const Result<IpAddress> address = IpAddress::parse(text);
  if (address) out = *address;
  return address.has_value();
}

}  // namespace picket::security
