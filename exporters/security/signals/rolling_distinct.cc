#include "exporters/security/signals/rolling_distinct.h"

#include "exporters/security/signals/state_json.h"

namespace picket::security {

void RollingDistinct::add(std::uint64_t hash, Seconds now) {
  const std::int64_t number = now / span_.slice;
  Slice& slice = slices_[static_cast<std::size_t>(number) % slices_.size()];
  if (slice.number != number) slice = {.number = number, .sketch = {}};
  slice.sketch.add(hash);
}

HyperLogLog RollingDistinct::within(Seconds now) const {
  const std::int64_t newest = now / span_.slice;
  const std::int64_t oldest = newest - static_cast<std::int64_t>(slices_.size());
  HyperLogLog all;
  for (const Slice& slice : slices_) {
    if (slice.number > oldest && slice.number <= newest) all.merge(slice.sketch);
  }
  return all;
}

nlohmann::json RollingDistinct::to_json() const {
  nlohmann::json json = nlohmann::json::array();
  for (const Slice& slice : slices_) {
    if (!slice.sketch.empty()) json.push_back({slice.number, slice.sketch.encode()});
  }
  return json;
}

bool RollingDistinct::restore(const nlohmann::json& json) {
  if (!json.is_array() || json.size() > slices_.size()) return false;
  std::vector<Slice> slices(slices_.size());
  for (const nlohmann::json& entry : json) {
    Seconds number = 0;
    std::string text;
    if (!read_fields(entry, std::tie(number, text))) return false;
    auto sketch = HyperLogLog::decode(text);
    if (!sketch) return false;
    slices[static_cast<std::size_t>(number) % slices.size()] = {number, std::move(*sketch)};
  }
  slices_ = std::move(slices);
  return true;
}

void DistinctWindows::add(std::uint64_t hash, Seconds now) {
  for (RollingDistinct& window : windows_) window.add(hash, now);
}

std::array<HyperLogLog, kDistinctSpans.size()> DistinctWindows::within(Seconds now) const {
  return {windows_[0].within(now), windows_[1].within(now)};
}

void DistinctWindows::clear() {
  for (RollingDistinct& window : windows_) window.clear();
}

nlohmann::json DistinctWindows::to_json() const {
  nlohmann::json json = nlohmann::json::object();
  for (std::size_t i = 0; i < windows_.size(); ++i)
    json[std::string(kDistinctSpans[i].name)] = windows_[i].to_json();
  return json;
}

bool DistinctWindows::restore(const nlohmann::json& json) {
  if (!json.is_object()) return false;
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    const auto found = json.find(kDistinctSpans[i].name);
    if (found != json.end() && !windows_[i].restore(*found)) return false;
  }
  return true;
}

}  // namespace picket::security
