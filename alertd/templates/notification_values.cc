#include "alertd/templates/notification_values.h"

#include <algorithm>

#include "alertd/templates/arguments.h"

namespace picket::alertd {

namespace {

Failure no_arguments() {
  return invalid_argument("expected no argument");
}

const ValueType& kv_type();

const ValueType& pair_type() {
  static const ValueType type = {.name = "template.Pair"};
  return type;
}

ValueList pick(const ValueList& pairs, std::string_view field) {
  ValueList list;
  for (const Value& pair : pairs) list.push_back(pair.entries().find(field)->second);
  return list;
}

Result<Value> names(const Value& self, Arguments args);
Result<Value> values(const Value& self, Arguments args);

const ValueType& pairs_type() {
  static const ValueType type = {.name = "template.Pairs", .methods = {{"Names", names}, {"Values", values}}};
  return type;
}

/// Sorted by name, "alertname" first.
ValueList sorted_pairs(const Value& kv) {
  ValueList pairs;
  const auto add = [&](const std::string& name, const Value& value) {
    pairs.push_back(Value::record({{"Name", Value(name)}, {"Value", value}}, pair_type()));
  };
  const auto first = kv.entries().find("alertname");
  if (first != kv.entries().end()) add(first->first, first->second);
  for (auto entry = kv.entries().begin(); entry != kv.entries().end(); ++entry) {
    if (entry != first) add(entry->first, entry->second);
  }
  return pairs;
}

ValueList pairs_of(const Value& self) {
  return self.kind() == Value::Kind::List ? self.items() : sorted_pairs(self);
}

Result<Value> names(const Value& self, Arguments args) {
  if (!args.empty()) return no_arguments();
  return Value::list(pick(pairs_of(self), "Name"));
}

Result<Value> values(const Value& self, Arguments args) {
  if (!args.empty()) return no_arguments();
  return Value::list(pick(pairs_of(self), "Value"));
}

Result<Value> sorted_pairs_method(const Value& self, Arguments args) {
  if (!args.empty()) return no_arguments();
  return Value::list(sorted_pairs(self), &pairs_type());
}

Result<Value> remove(const Value& self, Arguments args) {
  if (args.size() != 1 || args[0].kind() != Value::Kind::List)
    return invalid_argument("expected a list of names");
  ValueMap rest = self.entries();
  for (const Value& name : args[0].items()) {
    if (name.kind() != Value::Kind::String) return wrong_type("string", name);
    const auto found = rest.find(name.text());
    if (found != rest.end()) rest.erase(found);
  }
  return Value::map(std::move(rest), true, &kv_type());
}

const ValueType& kv_type() {
  static const ValueType type = {
      .name = "template.KV",
      .methods = {
          {"SortedPairs", sorted_pairs_method}, {"Names", names}, {"Values", values}, {"Remove", remove}}};
  return type;
}

const ValueType& alert_type() {
  static const ValueType type = {.name = "template.Alert",
                                 .json_names = {{"Status", "status"},
                                                {"Labels", "labels"},
                                                {"Annotations", "annotations"},
                                                {"StartsAt", "startsAt"},
                                                {"EndsAt", "endsAt"},
                                                {"GeneratorURL", "generatorURL"},
                                                {"Fingerprint", "fingerprint"}}};
  return type;
}

Value with_status(const Value& alerts, std::string_view status) {
  ValueList list;
  for (const Value& alert : alerts.items()) {
    const auto found = alert.entries().find("Status");
    if (found != alert.entries().end() && found->second.text() == status) list.push_back(alert);
  }
  return alerts_value(std::move(list));
}

Result<Value> firing(const Value& self, Arguments args) {
  if (!args.empty()) return no_arguments();
  return with_status(self, "firing");
}

Result<Value> resolved(const Value& self, Arguments args) {
  if (!args.empty()) return no_arguments();
  return with_status(self, "resolved");
}

}  // namespace

Value kv_value(const Labels& labels) {
  return Value::strings(labels, &kv_type());
}

Value alert_value(const AlertFields& alert) {
  return Value::record({{"Status", Value(alert.status)},
                        {"Labels", kv_value(alert.labels)},
                        {"Annotations", kv_value(alert.annotations)},
                        {"StartsAt", Value(alert.starts_at)},
                        {"EndsAt", Value(alert.ends_at)},
                        {"GeneratorURL", Value(alert.generator_url)},
                        {"Fingerprint", Value(alert.fingerprint)}},
                       alert_type());
}

Value alerts_value(ValueList alerts) {
  static const ValueType type = {.name = "template.Alerts",
                                 .methods = {{"Firing", firing}, {"Resolved", resolved}}};
  return Value::list(std::move(alerts), &type);
}

Value notification_value(ValueMap fields) {
  static const ValueType type = {.name = "*template.Data",
                                 .json_names = {{"Receiver", "receiver"},
                                                {"Status", "status"},
                                                {"Alerts", "alerts"},
                                                {"GroupLabels", "groupLabels"},
                                                {"CommonLabels", "commonLabels"},
                                                {"CommonAnnotations", "commonAnnotations"},
                                                {"ExternalURL", "externalURL"},
                                                {"RouteLabels", "routeLabels"},
                                                {"NotificationReason", "notificationReason"}}};
  return Value::record(std::move(fields), type);
}

}  // namespace picket::alertd
