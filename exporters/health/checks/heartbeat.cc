#include "exporters/health/checks/heartbeat.h"

#include <algorithm>
#include <utility>

namespace picket::health {

void Heartbeat::report(std::optional<Duration> ttl, MonoTime now) {
  own_ = ttl;
  heard_ = now;
  next_miss_ = now + this->ttl();
  has_report_ = true;
}

void Heartbeat::configure(Duration ttl, MonoTime now) {
  if (std::exchange(configured_, ttl) == ttl || own_) return;
  next_miss_ = std::max(heard_ + ttl, std::min(next_miss_, now + ttl));
}

bool Heartbeat::is_missed(MonoTime now) {
  if (now < next_miss_) return false;
  next_miss_ = now + ttl();
  return true;
}

Heartbeat::Saved Heartbeat::save(Moment now) const {
  return {now.wall - (now.mono - heard_), own_};
}

bool Heartbeat::restore(const Saved& saved, WallTime seen, Moment created) {
  if (has_report_) return false;
  own_ = saved.ttl;
  const Duration age = std::max(Duration::zero(), seen - saved.heard);
  heard_ = created.mono - age;
  next_miss_ = heard_ + ttl();
  return age >= ttl() || saved.heard + ttl() > created.wall;
}

}  // namespace picket::health
