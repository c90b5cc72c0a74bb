// Plain fields as a JSON array and back, for the state of the signals. What is read was on a disk: nothing of
// it is believed before it was looked at, and nothing throws.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "base/json/json.h"
#include "exporters/security/signals/client_key.h"
#include "exporters/security/signals/distinct_bits.h"

namespace picket::security {

// Each is false, and `out` may be anything, when the value is not of that type or out of its range.
bool read_field(const nlohmann::json& json, bool& out);
bool read_field(const nlohmann::json& json, std::uint64_t& out);
bool read_field(const nlohmann::json& json, std::uint32_t& out);
bool read_field(const nlohmann::json& json, Seconds& out);  ///< 0 to kSecondsMax
bool read_field(const nlohmann::json& json, double& out);   ///< between -1e18 and 1e18
bool read_field(const nlohmann::json& json, std::string& out);
bool read_field(const nlohmann::json& json, IpAddress& out);

template <std::size_t N>
bool read_field(const nlohmann::json& json, DistinctBits<N>& out) {
  std::string text;
  return read_field(json, text) && out.decode(text);
}

template <class T, std::size_t N>
bool read_field(const nlohmann::json& json, std::array<T, N>& out) {
  if (!json.is_array() || json.size() != N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    if (!read_field(json[i], out[i])) return false;
  }
  return true;
}

/// `fields` is of std::tie().
template <class... Fields>
bool read_fields(const nlohmann::json& json, std::tuple<Fields&...> fields) {
  if (!json.is_array() || json.size() != sizeof...(Fields)) return false;
  std::size_t at = 0;
  const auto next = [&](auto& field) { return read_field(json[at++], field); };
  return std::apply([&](auto&... each) { return (next(each) && ...); }, fields);
}

template <class T>
nlohmann::json field_json(const T& field) {
  return nlohmann::json(field);
}
inline nlohmann::json field_json(const IpAddress& address) {
  return address.text();
}
template <std::size_t N>
nlohmann::json field_json(const DistinctBits<N>& bits) {
  return bits.encode();
}

template <class... Fields>
nlohmann::json fields_json(std::tuple<Fields&...> fields) {
  nlohmann::json::array_t array;
  array.reserve(sizeof...(Fields));  // there are many of them in a state
  std::apply([&](auto&... each) { (array.push_back(field_json(each)), ...); }, fields);
  return array;
}

}  // namespace picket::security
