#include "exporters/health/checks/timeline.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace picket::health {

namespace {

using Span = Timeline::Span;

bool is_pure(const Span& a) {
  return (a.known_ms == 0 || a.known_ms == a.length_ms) && (a.down_ms == 0 || a.down_ms == a.known_ms);
}

bool same_kind(const Span& a, const Span& b) {
  return is_pure(a) && is_pure(b) && (a.known_ms > 0) == (b.known_ms > 0) &&
         (a.down_ms > 0) == (b.down_ms > 0);
}

void append(Span& into, const Span& more) {
  into.length_ms += more.length_ms;
  into.known_ms += more.known_ms;
  into.down_ms += more.down_ms;
}

}  // namespace

Timeline::Timeline(const std::vector<Span>& spans) {
  for (const Span& span : spans) push(span);
}

void Timeline::push(const Span& span) {
  if (!spans_.empty() && same_kind(spans_.back(), span)) {
    append(spans_.back(), span);
    return;
  }
  spans_.push_back(span);
  if (spans_.size() > kMaxSpans) merge_cheapest();
}

void Timeline::prepend(std::vector<Span> older) {
  spans_.swap(older);
  for (const Span& span : older) push(span);
}

void Timeline::add(State state, Duration elapsed) {
  remainder_ += elapsed;
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(remainder_);
  remainder_ -= whole;
  Span span{whole.count(), 0, 0};
  if (span.length_ms <= 0) return;
  if (state != State::Unknown) span.known_ms = span.length_ms;
  if (state == State::Down) span.down_ms = span.length_ms;
  push(span);
}

/// Joins the two neighbours whose joint length is smallest against their age: what is lost is detail that no
/// window of comparable length can see. The newest span stays as it is.
void Timeline::merge_cheapest() {
  std::size_t best = 0;
  double best_cost = std::numeric_limits<double>::infinity();
  double age_ms = static_cast<double>(spans_.back().length_ms);
  for (std::size_t i = spans_.size() - 2; i > 0; --i) {
    age_ms += static_cast<double>(spans_[i].length_ms);
    const double cost = static_cast<double>(spans_[i].length_ms + spans_[i - 1].length_ms) / age_ms;
    if (cost < best_cost) {
      best_cost = cost;
      best = i - 1;
    }
  }
  append(spans_[best], spans_[best + 1]);
  spans_.erase(spans_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
}

std::optional<double> Timeline::uptime(Duration window) const {
  auto left_ms = static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(window).count());
  double known = 0;
  double down = 0;
  for (auto span = spans_.rbegin(); span != spans_.rend() && left_ms > 0; ++span) {
    const double share = std::min(1.0, left_ms / static_cast<double>(span->length_ms));
    known += share * static_cast<double>(span->known_ms);
    down += share * static_cast<double>(span->down_ms);
    left_ms -= static_cast<double>(span->length_ms);
  }
  if (known <= 0) return std::nullopt;
  return std::clamp(1.0 - down / known, 0.0, 1.0);
}

void Timeline::forget_before(Duration retention) {
  const std::int64_t keep = std::chrono::duration_cast<std::chrono::milliseconds>(retention).count();
  std::int64_t age = 0;
  for (std::size_t i = spans_.size(); i-- > 0;) {
    age += spans_[i].length_ms;
    if (age <= keep) continue;
    // The span that reaches over the edge is cut to what is inside.
    Span& edge = spans_[i];
    const std::int64_t inside = edge.length_ms - (age - keep);
    const double share = static_cast<double>(inside) / static_cast<double>(edge.length_ms);
    edge.known_ms = edge.known_ms == edge.length_ms
                        ? inside
                        : static_cast<std::int64_t>(share * static_cast<double>(edge.known_ms));
    edge.down_ms =
        std::min<std::int64_t>(edge.known_ms, std::llround(share * static_cast<double>(edge.down_ms)));
    edge.length_ms = inside;
    const std::size_t drop = inside > 0 ? i : i + 1;
    spans_.erase(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(drop));
    return;
  }
}

}  // namespace picket::health
