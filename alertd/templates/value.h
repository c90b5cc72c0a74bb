// The values that templates compute with: Go's nil, bool, int, float64, string, slices, maps, structs, time
// and duration. Lists and maps are shared and immutable, so that copies are cheap. Maps and lists may carry a
// ValueType, which gives them methods (Alertmanager's KV and Alerts).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alertd/series/labels.h"
#include "alertd/series/timestamp.h"
#include "base/result/result.h"

namespace picket::alertd {

class Value;
using ValueList = std::vector<Value>;
using ValueMap = std::map<std::string, Value, std::less<>>;
using Method = Result<Value> (*)(const Value& self, std::span<const Value> args);

/// A named type with methods; instances are static constants.
struct ValueType {
  std::string_view name;  ///< as Go prints it: "template.KV"
  std::map<std::string_view, Method> methods = {};
  std::map<std::string_view, std::string_view> json_names =
      {};  ///< of fields, when toJson names them otherwise
};

struct ZonedTime {
  Timestamp time{};
  std::string zone = "UTC";  ///< IANA name, known to tzdata
};

class Value {
 public:
  enum class Kind { Nil, Bool, Int, Float, String, List, Map, Record, Time, Duration };

  Value() = default;
  explicit Value(bool v) : value_(v) {}
  explicit Value(std::int64_t v) : value_(v) {}
  explicit Value(int v) : value_(std::int64_t{v}) {}
  explicit Value(double v) : value_(v) {}
  explicit Value(std::string v) : value_(Text{std::move(v), false}) {}
  explicit Value(std::string_view v) : Value(std::string(v)) {}
  explicit Value(const char* v) : Value(std::string(v)) {}
  explicit Value(Duration v) : value_(v) {}
  explicit Value(ZonedTime v) : value_(std::move(v)) {}
  explicit Value(Timestamp v) : value_(ZonedTime{v}) {}

  /// Text that HTML escaping leaves alone.
  static Value safe_html(std::string text);
  static Value list(ValueList items, const ValueType* type = nullptr);
  /// map[string]T: a missing key reads as the zero value, "" when `of_strings`, else nil.
  static Value map(ValueMap entries, bool of_strings = false, const ValueType* type = nullptr);
  /// A struct: reading a field that it does not have is an error.
  static Value record(ValueMap fields, const ValueType& type);
  /// map[string]string
  static Value strings(const Labels& labels, const ValueType* type = nullptr);

  Kind kind() const;
  bool is_nil() const { return kind() == Kind::Nil; }
  bool is_number() const { return kind() == Kind::Int || kind() == Kind::Float; }
  // Require the kind.
  bool boolean() const { return std::get<bool>(value_); }
  std::int64_t integer() const { return std::get<std::int64_t>(value_); }
  double real() const { return std::get<double>(value_); }
  const std::string& text() const { return std::get<Text>(value_).text; }
  const ValueList& items() const { return *std::get<Items>(value_).items; }
  const ValueMap& entries() const { return *std::get<Entries>(value_).entries; }  ///< of Map and Record
  const ZonedTime& time() const { return std::get<ZonedTime>(value_); }
  Duration duration() const { return std::get<Duration>(value_); }

  bool is_safe_html() const;
  bool maps_strings() const;  ///< a Map whose missing keys read as ""
  const ValueType* type() const;
  /// As Go names it in errors: "string", "float64", "map[string]string", "template.KV".
  std::string type_name() const;
  /// About how many bytes it prints as, and how deep lists and maps are nested in it: what limits go by.
  std::size_t weight() const;
  int depth() const;
  /// Go's truth: false, 0, "", nil and empty collections are not true; structs and times always are.
  bool truth() const;

 private:
  struct Text {
    std::string text;
    bool safe = false;
  };
  struct Size {
    std::size_t weight = 0;
    int depth = 1;
    void add(const Value& child);
  };
  struct Items {
    std::shared_ptr<const ValueList> items;
    const ValueType* type = nullptr;
    Size size;
  };
  struct Entries {
    std::shared_ptr<const ValueMap> entries;
    const ValueType* type = nullptr;
    bool of_strings = false;
    bool record = false;
    Size size;
  };
  static Size size_of(const ValueMap& entries);

  std::variant<std::monostate, bool, std::int64_t, double, Text, Items, Entries, ZonedTime, Duration> value_;
};

/// As {{ . }} prints it (Go's %v; nil is "<no value>").
std::string print_value(const Value& value);

}  // namespace picket::alertd
