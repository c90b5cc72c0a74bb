// alertd.yml: `datasource`, then the keys of prometheus.yml (global, rule_files) and of alertmanager.yml
// (route, receivers, templates, inhibit_rules, time_intervals).
#pragma once

#include <string>
#include <vector>

#include "alertd/config/receiver_config.h"
#include "alertd/datasource/datasource_config.h"
#include "alertd/inhibition/inhibition.h"
#include "alertd/outbox/delivery_config.h"
#include "alertd/routing/route_config.h"
#include "alertd/rules/rule_loader.h"

namespace picket::alertd {

struct GlobalConfig {
  Duration evaluation_interval = std::chrono::minutes(1);
  Duration rule_query_offset{};
  std::map<std::string, std::string> external_labels;
  SmtpSettings smtp;  ///< smtp_smarthost, smtp_from, ...
  Secret slack_api_url;
  HttpConfig http;  ///< of receivers without an http_config of their own
  /// What is loaded and has no effect, each "alertd.yml:3:5: global.resolve_timeout: why".
  std::vector<std::string> warnings;
};
void read_yaml(MapReader& r, GlobalConfig& c);

/// `delivery:`
void read_yaml(MapReader& r, DeliveryConfig& c);

struct AlertdConfig {
  DatasourceConfig datasource;
  GlobalConfig global;
  std::vector<std::string> rule_files;
  std::vector<std::string> templates;
  RouteConfig route;
  std::vector<ReceiverConfig> receivers;
  std::vector<InhibitRule> inhibit_rules;
  std::vector<NamedInterval> time_intervals;
  DeliveryConfig delivery;
};
void read_yaml(MapReader& r, AlertdConfig& c);

}  // namespace picket::alertd
