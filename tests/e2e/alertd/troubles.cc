#include "tests/e2e/alertd/troubles.h"

namespace picket::test {
namespace {

using std::chrono::milliseconds;

constexpr int kShortest = 1000, kLongest = 9000;  // ms that a trouble lasts
constexpr int kPauseMin = 500, kPauseMax = 2500;  // ms between two beginnings

}  // namespace

Troubles::Troubles(std::vector<TroubledPeer> peers, std::mt19937_64& random)
    : peers_(std::move(peers)), random_(random), now_(peers_.size()) {}

milliseconds Troubles::between(int min_ms, int max_ms) {
  return milliseconds(std::uniform_int_distribution<int>(min_ms, max_ms)(random_));
}

void Troubles::go_on(Time now) {
  for (Now& peer : now_) {
    if (peer.trouble == nullptr || now < peer.ends) continue;
    peer.trouble->end();
    peer.trouble = nullptr;
  }
  if (now < next_) return;
  next_ = now + between(kPauseMin, kPauseMax);
  const std::size_t which = random_() % peers_.size();
  const TroubledPeer& peer = peers_[which];
  const Trouble& trouble = peer.troubles[random_() % peer.troubles.size()];
  if (now_[which].trouble != nullptr) return;
  now_[which] = {&trouble, now + between(kShortest, kLongest)};
  ++counts_[peer.name + " " + trouble.name];
  trouble.begin();
}

void Troubles::end_all() {
  for (Now& peer : now_) {
    if (peer.trouble != nullptr) peer.trouble->end();
    peer.trouble = nullptr;
  }
}

std::string Troubles::summary() const {
  std::string text;
  for (const auto& [name, count] : counts_)
    text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
  return text;
}

}  // namespace picket::test
