#include "exporters/health/engine/waiting_line.h"

#include <algorithm>
#include <utility>

namespace picket::health {
namespace {

constexpr std::size_t index_of(Standing standing) {
  return static_cast<std::size_t>(standing);
}

/// Slots for checks of that standing and worse.
std::size_t share_of(Standing standing, std::size_t limit) {
  if (standing == Standing::Answers) return limit;
  return limit - (standing == Standing::Unsure ? limit / 8 : limit / 4);
}

}  // namespace

void WaitingLine::push(RecordPtr record) {
  std::deque<RecordPtr>& line = waiting_[index_of(record->standing)];
  line.push_back(std::move(record));
}

bool WaitingLine::may_run(Standing standing, std::size_t limit) const {
  const auto first = running_.begin() + static_cast<std::ptrdiff_t>(index_of(standing));
  const std::size_t this_and_worse = std::accumulate(first, running_.end(), std::size_t{0});
  return running() < limit && this_and_worse < share_of(standing, limit);
}

WaitingLine::RecordPtr WaitingLine::take(std::size_t limit) {
  for (const Standing standing : {Standing::Answers, Standing::Unsure, Standing::Silent}) {
    std::deque<RecordPtr>& line = waiting_[index_of(standing)];
    if (line.empty() || !may_run(standing, limit)) continue;
    RecordPtr record = std::move(line.front());
    line.pop_front();
    ++running_[index_of(standing)];
    return record;
  }
  return nullptr;
}

void WaitingLine::ended(CheckRecord& record, bool answered) {
  --running_[index_of(record.standing)];
  if (answered) {
    record.standing = Standing::Answers;
  } else {
    record.standing = record.standing == Standing::Answers ? Standing::Unsure : Standing::Silent;
  }
}

std::size_t WaitingLine::size() const {
  std::size_t size = 0;
  for (const auto& line : waiting_) size += line.size();
  return size;
}

void WaitingLine::clear() {
  for (auto& line : waiting_) line.clear();
}

void WaitingLine::drop_removed() {
  for (auto& line : waiting_) std::erase_if(line, [](const RecordPtr& record) { return record->removed; });
}

}  // namespace picket::health
