// The methods of time.Time and time.Duration.
#include <fmt/format.h>

#include <limits>
#include <map>

#include "alertd/templates/go_format.h"
#include "alertd/templates/go_time.h"

namespace picket::alertd {

namespace {

using Args = std::span<const Value>;
using Methods = std::map<std::string_view, Method>;

Failure wrong_arguments(std::string_view expected) {
  return fail(ErrorKind::InvalidInput, fmt::format("expected {}", expected));
}

bool is_one(Args args, Value::Kind kind) {
  return args.size() == 1 && args[0].kind() == kind;
}

/// A method without arguments that prints the time by a layout.
template <const char* kLayout>
Result<Value> formatted(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  return Value(format_go_time(self.time(), kLayout));
}

/// The same, as a number.
template <const char* kLayout>
Result<Value> numbered(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  return Value(std::int64_t{std::atoll(format_go_time(self.time(), kLayout).c_str())});
}

template <std::int64_t kUnit>
Result<Value> since_epoch(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  const std::int64_t count = self.time().time.time_since_epoch().count();
  return Value(count / kUnit - (count % kUnit < 0 ? 1 : 0));
}

Result<Value> format_method(const Value& self, Args args) {
  if (!is_one(args, Value::Kind::String)) return wrong_arguments("a layout");
  return Value(format_go_time(self.time(), args[0].text()));
}

Result<Value> to_utc(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  return Value(self.time().time);
}

Result<Value> is_zero(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  return Value(self.time().time == kNever);
}

Result<Value> add(const Value& self, Args args) {
  if (!is_one(args, Value::Kind::Duration)) return wrong_arguments("a duration");
  const std::int64_t time = self.time().time.time_since_epoch().count();
  std::int64_t sum = 0;
  if (__builtin_add_overflow(time, args[0].duration().count(), &sum))
    return wrong_arguments("a shorter duration");
  return Value(ZonedTime{Timestamp(Duration(sum)), self.time().zone});
}

Result<Value> sub(const Value& self, Args args) {
  if (!is_one(args, Value::Kind::Time)) return wrong_arguments("a time");
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(self.time().time.time_since_epoch().count(),
                             args[0].time().time.time_since_epoch().count(), &difference)) {
    return wrong_arguments("a nearer time");
  }
  return Value(Duration(difference));
}

template <class Compare>
Result<Value> compared(const Value& self, Args args) {
  if (!is_one(args, Value::Kind::Time)) return wrong_arguments("a time");
  return Value(Compare{}(self.time().time, args[0].time().time));
}

template <class Unit>
Result<Value> in_unit(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  return Value(std::chrono::duration<double, Unit>(self.duration()).count());
}

template <std::int64_t kUnit>
Result<Value> whole_units(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  return Value(std::int64_t{self.duration().count() / kUnit});
}

Result<Value> duration_text(const Value& self, Args args) {
  if (!args.empty()) return wrong_arguments("no argument");
  return Value(format_go_duration(self.duration()));
}

Result<Value> truncate_duration(const Value& self, Args args) {
  if (!is_one(args, Value::Kind::Duration)) return wrong_arguments("a duration");
  const std::int64_t unit = args[0].duration().count();
  const std::int64_t count = self.duration().count();
  return Value(Duration(unit <= 0 ? count : count - count % unit));
}

Result<Value> round_duration(const Value& self, Args args) {
  if (!is_one(args, Value::Kind::Duration)) return wrong_arguments("a duration");
  const std::int64_t unit = args[0].duration().count();
  const std::int64_t count = self.duration().count();
  if (unit <= 0 || count == std::numeric_limits<std::int64_t>::min()) return Value(Duration(count));
  const std::int64_t rest = count % unit;
  const std::int64_t down = count - rest;
  const bool away = std::abs(rest) >= unit - std::abs(rest);
  std::int64_t rounded = down;
  if (away && __builtin_add_overflow(down, count < 0 ? -unit : unit, &rounded)) rounded = down;
  return Value(Duration(rounded));
}

constexpr char kString[] = "2006-01-02 15:04:05.999999999 -0700 MST";
constexpr char kYear[] = "2006";
constexpr char kMonth[] = "January";
constexpr char kDay[] = "2";
constexpr char kHour[] = "15";
constexpr char kMinute[] = "4";
constexpr char kSecond[] = "5";
constexpr char kWeekday[] = "Monday";
constexpr char kYearDay[] = "__2";

const Methods& time_methods() {
  static const Methods methods = {
      {"Format", format_method},
      {"String", formatted<kString>},
      {"UTC", to_utc},
      {"Local", to_utc},
      {"IsZero", is_zero},
      {"Unix", since_epoch<1'000'000'000>},
      {"UnixMilli", since_epoch<1'000'000>},
      {"UnixMicro", since_epoch<1'000>},
      {"UnixNano", since_epoch<1>},
      {"Add", add},
      {"Sub", sub},
      {"After", compared<std::greater<>>},
      {"Before", compared<std::less<>>},
      {"Equal", compared<std::equal_to<>>},
      {"Year", numbered<kYear>},
      {"Month", formatted<kMonth>},
      {"Day", numbered<kDay>},
      {"Hour", numbered<kHour>},
      {"Minute", numbered<kMinute>},
      {"Second", numbered<kSecond>},
      {"Weekday", formatted<kWeekday>},
      {"YearDay", numbered<kYearDay>},
  };
  return methods;
}

const Methods& duration_methods() {
  static const Methods methods = {
      {"Hours", in_unit<std::ratio<3600>>},
      {"Minutes", in_unit<std::ratio<60>>},
      {"Seconds", in_unit<std::ratio<1>>},
      {"Milliseconds", whole_units<1'000'000>},
      {"Microseconds", whole_units<1'000>},
      {"Nanoseconds", whole_units<1>},
      {"String", duration_text},
      {"Truncate", truncate_duration},
      {"Round", round_duration},
  };
  return methods;
}

Method find_in(const Methods& methods, std::string_view name) {
  const auto found = methods.find(name);
  return found == methods.end() ? nullptr : found->second;
}

}  // namespace

Method find_time_method(std::string_view name) {
  return find_in(time_methods(), name);
}

Method find_duration_method(std::string_view name) {
  return find_in(duration_methods(), name);
}

}  // namespace picket::alertd
