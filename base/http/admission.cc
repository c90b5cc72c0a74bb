#include "base/http/admission.h"

#include <algorithm>

namespace picket {

std::string client_key(const IpAddress& address) {
  const IpAddress plain = address.unmapped();
  if (plain.family() == IpAddress::Family::V4) return plain.text();
  std::array<std::uint8_t, 16> network = plain.bytes();
  std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
  return IpAddress::v6(network).text();
}

bool Admission::enter(const std::string& key) {
  const MutexLock lock(mutex_);
  if (count_ >= total_) return false;
  if (!key.empty()) {
    std::size_t& mine = clients_[key];
    if (mine >= per_client_) {
      if (mine == 0) clients_.erase(key);
      return false;
    }
    ++mine;
  }
  ++count_;
  return true;
}

void Admission::leave(const std::string& key) {
  const MutexLock lock(mutex_);
  --count_;
  const auto mine = clients_.find(key);
  if (mine != clients_.end() && --mine->second == 0) clients_.erase(mine);
}

}  // namespace picket
