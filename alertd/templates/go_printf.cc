// fmt.Sprintf. Source: Go's package fmt, "Printing".
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "alertd/series/go_string.h"
#include "alertd/templates/go_format.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

constexpr int kMaxWidth = 10'000;

struct Spec {
  bool minus = false, plus = false, sharp = false, space = false, zero = false;
  int width = 0;
  int precision = -1;  ///< -1: none
  char verb = 'v';
};

std::size_t runes(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string pad(const Spec& spec, std::string text) {
  const std::size_t have = runes(text);
  const auto width = static_cast<std::size_t>(spec.width);
  if (have >= width) return text;
  if (spec.minus) return text.append(width - have, ' ');
  return std::string(width - have, ' ') + text;
}

/// Zeros go between the sign and the digits.
std::string pad_number(const Spec& spec, std::string text, bool zeros) {
  const auto width = static_cast<std::size_t>(spec.width);
  if (!zeros || spec.minus || text.size() >= width) return pad(spec, std::move(text));
  const bool sign = text.starts_with('-') || text.starts_with('+') || text.starts_with(' ');
  text.insert(sign ? 1 : 0, width - text.size(), '0');
  return text;
}

std::string with_sign(const Spec& spec, bool negative, const std::string& digits) {
  if (negative) return "-" + digits;
  if (spec.plus) return "+" + digits;
  return spec.space ? " " + digits : digits;
}

std::string to_base(std::uint64_t n, char verb, bool sharp) {
  switch (verb) {
    case 'b':
      return fmt::format("{}{:b}", sharp ? "0b" : "", n);
    case 'o':
      return fmt::format("{}{:o}", sharp ? "0" : "", n);
    case 'O':
      return fmt::format("0o{:o}", n);
    case 'x':
      return fmt::format("{}{:x}", sharp ? "0x" : "", n);
    case 'X':
      return fmt::format("{}{:X}", sharp ? "0X" : "", n);
    default:
      return fmt::format("{}", n);
  }
}

std::string bad_verb(const Spec& spec, const Value& value) {
  if (value.is_nil()) return fmt::format("%!{}(<nil>)", spec.verb);
  return fmt::format("%!{}({}={})", spec.verb, value.type_name(), format_go_value(value));
}

std::string rune_of(std::int64_t n) {
  std::string text;
  const bool valid = n >= 0 && n <= 0x10FFFF && (n < 0xD800 || n >= 0xE000);
  append_utf8(text, valid ? static_cast<std::uint32_t>(n) : 0xFFFD);
  return text;
}

std::string format_int(const Spec& spec, const Value& value) {
  const std::int64_t n = value.integer();
  constexpr std::string_view kNumeric = "vdboOxX";
  if (spec.verb == 'c') return pad(spec, rune_of(n));
  if (spec.verb == 'q') return pad(spec, "'" + rune_of(n) + "'");
  if (spec.verb == 'U') return pad(spec, fmt::format("U+{:04X}", n));
  if (kNumeric.find(spec.verb) == std::string_view::npos) return bad_verb(spec, value);
  const auto magnitude = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
  std::string digits = to_base(magnitude, spec.verb, spec.sharp);
  if (spec.precision > static_cast<int>(digits.size())) {
    digits.insert(0, static_cast<std::size_t>(spec.precision) - digits.size(), '0');
  }
  return pad_number(spec, with_sign(spec, n < 0, digits), spec.zero && spec.precision < 0);
}

/// Six places unless the verb or the template says otherwise.
std::string unsigned_digits(double n, char verb, int precision) {
  const bool general = verb == 'g' || verb == 'G';
  if (precision < 0 && !general) precision = 6;
  std::string digits = format_go_float(n, verb, precision);
  if (digits.starts_with('-') || digits.starts_with('+')) digits.erase(0, 1);
  return digits;
}

std::string format_float(const Spec& spec, const Value& value) {
  const double n = value.real();
  constexpr std::string_view kVerbs = "eEfFgG";
  if (spec.verb != 'v' && kVerbs.find(spec.verb) == std::string_view::npos) return bad_verb(spec, value);
  const char verb = spec.verb == 'v' ? 'g' : (spec.verb == 'F' ? 'f' : spec.verb);
  const bool negative = std::signbit(n) && !std::isnan(n);
  const std::string digits = unsigned_digits(n, verb, spec.precision);
  const bool plus = std::isinf(n) && !negative && !spec.space;
  return pad_number(spec, plus ? "+" + digits : with_sign(spec, negative, digits),
                    spec.zero && std::isfinite(n));
}

std::string cut_runes(const std::string& text, int precision) {
  if (precision < 0) return text;
  std::size_t at = 0;
  for (int i = 0; i < precision && at < text.size(); ++i) next_code_point(text, at);
  return text.substr(0, at);
}

std::string format_text(const Spec& spec, const std::string& text) {
  const std::string cut = cut_runes(text, spec.precision);
  switch (spec.verb) {
    case 'q':
      if (spec.sharp && cut.find_first_of("`\n\r") == std::string::npos) return pad(spec, "`" + cut + "`");
      return pad(spec, quote_go(cut));
    case 'x':
      return pad(spec, hex_encode(cut));
    case 'X':
      return pad(spec, to_upper(hex_encode(cut)));
    case 'v':
      return pad(spec, spec.sharp ? quote_go(cut) : cut);
    default:
      return pad(spec, cut);
  }
}

std::string format_one(const Spec& spec, const Value& value);

std::string format_each(const Spec& spec, const Value& value) {
  std::string text = "[";
  for (const Value& item : value.items()) {
    if (text.size() > 1) text += ' ';
    text += format_one(spec, item);
  }
  return text + "]";
}

std::string format_bool(const Spec& spec, const Value& value) {
  if (spec.verb != 'v' && spec.verb != 't') return bad_verb(spec, value);
  return pad(spec, format_go_value(value));
}

/// Times and durations print their String(); a duration is an integer to the other verbs.
std::string format_stringer(const Spec& spec, const Value& value) {
  constexpr std::string_view kTextVerbs = "vsqxX";
  if (kTextVerbs.find(spec.verb) != std::string_view::npos) return format_text(spec, format_go_value(value));
  if (value.kind() != Value::Kind::Duration) return bad_verb(spec, value);
  return format_int(spec, Value(std::int64_t{value.duration().count()}));
}

std::string format_one(const Spec& spec, const Value& value) {
  if (spec.verb == 'T') return pad(spec, value.is_nil() ? "<nil>" : value.type_name());
  constexpr std::string_view kTextVerbs = "vsqxX";
  switch (value.kind()) {
    case Value::Kind::Nil:
      return spec.verb == 'v' ? pad(spec, "<nil>") : bad_verb(spec, value);
    case Value::Kind::Bool:
      return format_bool(spec, value);
    case Value::Kind::Int:
      return format_int(spec, value);
    case Value::Kind::Float:
      return format_float(spec, value);
    case Value::Kind::String:
      if (kTextVerbs.find(spec.verb) == std::string_view::npos) return bad_verb(spec, value);
      return format_text(spec, value.text());
    case Value::Kind::List:
      return format_each(spec, value);
    case Value::Kind::Map:
    case Value::Kind::Record:
      return pad(spec, format_go_value(value));
    case Value::Kind::Time:
    case Value::Kind::Duration:
      return format_stringer(spec, value);
  }
  return {};
}

/// One run over the format.
class Formatter {
 public:
  Formatter(std::string_view format, std::span<const Value> args) : format_(format), args_(args) {}

  std::string run() {
    while (at_ < format_.size()) {
      const std::size_t percent = format_.find('%', at_);
      out_ += format_.substr(at_, percent - at_);
      if (percent == std::string_view::npos) break;
      at_ = percent + 1;
      directive();
    }
    extra();
    return std::move(out_);
  }

 private:
  void directive() {
    Spec spec;
    read_flags(spec);
    if (const auto width = read_number("%!(BADWIDTH)")) spec.width = *width;
    if (spec.width < 0) {
      spec.minus = true;
      spec.width = -spec.width;
    }
    if (at_ < format_.size() && format_[at_] == '.') {
      ++at_;
      spec.precision = std::max(read_number("%!(BADPREC)").value_or(0), 0);
    }
    if (at_ >= format_.size()) {
      out_ += "%!(NOVERB)";
      return;
    }
    spec.verb = format_[at_++];
    if (spec.verb == '%') {
      out_ += '%';
    } else if (next_ >= args_.size()) {
      out_ += fmt::format("%!{}(MISSING)", spec.verb);
    } else {
      out_ += format_one(spec, args_[next_++]);
    }
  }

  void read_flags(Spec& spec) {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '-':
          spec.minus = true;
          break;
        case '+':
          spec.plus = true;
          break;
        case '#':
          spec.sharp = true;
          break;
        case ' ':
          spec.space = true;
          break;
        case '0':
          spec.zero = true;
          break;
        default:
          return;
      }
    }
  }

  std::optional<int> read_number(std::string_view complaint) {
    if (at_ < format_.size() && format_[at_] == '*') {
      ++at_;
      return star(complaint);
    }
    int number = 0;
    bool any = false;
    for (; at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9'; ++at_) {
      number = std::min(number * 10 + (format_[at_] - '0'), kMaxWidth + 1);
      any = true;
    }
    if (!any) return std::nullopt;
    if (number <= kMaxWidth) return number;
    out_ += complaint;
    return std::nullopt;
  }

  std::optional<int> star(std::string_view complaint) {
    if (next_ < args_.size() && args_[next_].kind() == Value::Kind::Int) {
      const std::int64_t number = args_[next_++].integer();
      if (number >= -kMaxWidth && number <= kMaxWidth) return static_cast<int>(number);
    } else if (next_ < args_.size()) {
      ++next_;
    }
    out_ += complaint;
    return std::nullopt;
  }

  void extra() {
    if (next_ >= args_.size()) return;
    out_ += "%!(EXTRA ";
    for (std::size_t i = next_; i < args_.size(); ++i) {
      if (i > next_) out_ += ", ";
      out_ += args_[i].is_nil() ? "<nil>" : args_[i].type_name() + "=" + format_go_value(args_[i]);
    }
    out_ += ')';
  }

  std::string_view format_;
  std::span<const Value> args_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  std::string out_;
};

}  // namespace

std::string sprintf_go(std::string_view format, std::span<const Value> args) {
  return Formatter(format, args).run();
}

}  // namespace picket::alertd
