#include "exporters/security/formats/line_splitter.h"

#include <algorithm>

namespace picket::security {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::size_t kLocalLength = std::string_view("30/Nov/2026:14:17:11 +0000").size();
constexpr std::size_t kIsoLength = std::string_view("2026-11-30T14:17:11+00:00").size();

/// 0 when it varies.
std::size_t length_of(Shape shape) {
  if (shape == Shape::Local) return kLocalLength;
  if (shape == Shape::Bracket) return kLocalLength + 2;
  return shape == Shape::Iso ? kIsoLength : 0;
}

/// Whether escapes keep the byte out of every value.
bool is_anchor(char c) {
  return c == '"' || static_cast<unsigned char>(c) < 0x20;
}

bool is_escaped(std::string_view line, std::size_t at, std::size_t from) {
  std::size_t backslashes = 0;
  while (at - backslashes > from && line[at - backslashes - 1] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

/// The end of a list: the first blank that does not belong to ", " or " : ".
std::size_t end_of_list(std::string_view text, std::size_t from) {
  for (std::size_t at = from;; ++at) {
    at = text.find(' ', at);
    if (at == kNowhere) return kNowhere;
    const bool after_comma = at > from && text[at - 1] == ',';
    const bool before_colon = text.substr(at, 3) == " : ";
    const bool after_colon = at >= from + 2 && text[at - 1] == ':' && text[at - 2] == ' ';
    if (!after_comma && !before_colon && !after_colon) return at;
  }
}

Failure refuse(const Slot& slot, std::string_view why) {
  return fail(ErrorKind::InvalidInput,
              fmt::format("column {}: {}: {}", slot.at + 1, slot.name.substr(0, 64), why));
}

}  // namespace

/// One segment of one line, narrowed from both sides.
class LineSplitter::Cut {
 public:
  Cut(const std::vector<Slot>& slots, std::string_view line, std::vector<std::string_view>& values)
      : slots_(slots), line_(line), values_(values) {}

  bool segment(const Segment& s, std::size_t begin, std::size_t end) {
    begin_ = begin;
    end_ = end;
    for (std::size_t i = s.first; i < s.hinge; ++i) {
      if (!from_left(i)) return false;
    }
    for (std::size_t i = s.last; i > s.hinge; --i) {
      if (!from_right(i)) return false;
    }
    if (begin_ > end_) return false;
    const std::size_t fixed = length_of(slots_[s.hinge].shape);
    values_[s.hinge] = line_.substr(begin_, end_ - begin_);
    return fixed == 0 || fixed == end_ - begin_;
  }

 private:
  bool from_left(std::size_t i) {
    const Slot& slot = slots_[i];
    const std::string_view rest = line_.substr(0, end_);
    const std::size_t fixed = length_of(slot.shape);
    std::size_t at = fixed != 0 ? begin_ + fixed : kNowhere;
    if (fixed == 0) at = is_list(slot) ? end_of_list(rest, begin_) : rest.find(slot.literal, begin_);
    if (at >= rest.size() || !rest.substr(at).starts_with(slot.literal)) return false;
    values_[i] = line_.substr(begin_, at - begin_);
    begin_ = at + slot.literal.size();
    return true;
  }

  bool from_right(std::size_t i) {
    const std::string_view literal = slots_[i - 1].literal;
    const std::size_t fixed = length_of(slots_[i].shape);
    if (end_ < begin_ + fixed + literal.size()) return false;
    const std::string_view rest = line_.substr(begin_, end_ - begin_);
    const std::size_t at = fixed != 0 ? rest.size() - fixed - literal.size() : rest.rfind(literal);
    if (at == kNowhere || !rest.substr(at).starts_with(literal)) return false;
    values_[i] = rest.substr(at + literal.size());
    end_ = begin_ + at;
    return true;
  }

  static bool is_list(const Slot& slot) { return slot.shape == Shape::List && slot.literal.front() == ' '; }

  const std::vector<Slot>& slots_;
  std::string_view line_;
  std::vector<std::string_view>& values_;
  std::size_t begin_ = 0, end_ = 0;
};

LineSplitter::LineSplitter(LineFormat format) : format_(std::move(format)) {
  Segment segment;
  const std::vector<Slot>& slots = format_.slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::string& literal = slots[i].literal;
    const auto anchor = std::ranges::find_if(literal, is_anchor);
    segment.anchored = format_.escapes != Escapes::None && anchor != literal.end();
    if (!segment.anchored && i + 1 < slots.size()) continue;
    segment.last = segment.hinge = i;
    segment.anchor = static_cast<std::size_t>(anchor - literal.begin());
    // The last one whose end the text after it does not tell.
    for (std::size_t k = segment.first; k <= i; ++k) {
      if (is_loose(k)) segment.hinge = k;
    }
    segments_.push_back(segment);
    segment = {.first = i + 1};
  }
}

bool LineSplitter::is_loose(std::size_t slot) const {
  const Slot& s = format_.slots[slot];
  return s.shape == Shape::Text || s.shape == Shape::List;
}

Result<LineSplitter> LineSplitter::make(LineFormat format) {
  if (format.slots.empty()) return fail(ErrorKind::InvalidInput, "the format has no values");
  for (std::size_t i = 0; i + 1 < format.slots.size(); ++i) {
    if (!format.slots[i].literal.empty()) continue;
    return refuse(format.slots[i + 1],
                  fmt::format("nothing stands between it and {}: where one ends cannot be told",
                              format.slots[i].name.substr(0, 64)));
  }
  LineSplitter splitter(std::move(format));
  if (const Result<void> fine = splitter.check_clients(); !fine) return fail(fine);
  return splitter;
}

Result<void> LineSplitter::check_clients() const {
  for (const Segment& segment : segments_) {
    bool after_text = false;
    for (std::size_t i = segment.first; i < segment.hinge; ++i) {
      const Slot& slot = format_.slots[i];
      const bool is_client = slot.role == Role::Peer || slot.role == Role::Forwarded;
      if (after_text && is_client)
        return refuse(slot, "texts of clients stand before and after it, and could pose as it: quote them");
      after_text = after_text || is_loose(i);
    }
  }
  return {};
}

std::size_t LineSplitter::end_of(const Segment& segment, std::string_view line, std::size_t from) const {
  const std::string& literal = format_.slots[segment.last].literal;
  if (!segment.anchored) return line.size() < literal.size() ? kNowhere : line.size() - literal.size();
  const bool has_backslash_escapes = format_.escapes != Escapes::Nginx;
  std::size_t at = line.find(literal[segment.anchor], from);
  while (at != kNowhere && has_backslash_escapes && is_escaped(line, at, from)) {
    at = line.find(literal[segment.anchor], at + 1);
  }
  return at == kNowhere || at < from + segment.anchor ? kNowhere : at - segment.anchor;
}

bool LineSplitter::split(std::string_view line, std::vector<std::string_view>& values) const {
  if (!line.starts_with(format_.head)) return false;
  values.resize(format_.slots.size());
  Cut cut(format_.slots, line, values);
  std::size_t at = format_.head.size();
  for (const Segment& segment : segments_) {
    const std::string& literal = format_.slots[segment.last].literal;
    const std::size_t end = end_of(segment, line, at);
    if (end == kNowhere || end < at || !line.substr(end).starts_with(literal)) return false;
    if (!cut.segment(segment, at, end)) return false;
    at = end + literal.size();
  }
  return at == line.size();
}

}  // namespace picket::security
