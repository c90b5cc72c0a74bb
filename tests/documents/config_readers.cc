#include "tests/documents/config_readers.h"

#include "alertd/config/alertd_config.h"
#include "alertd/rules/rule_file.h"
#include "authd/config/authd_config.h"
#include "base/config/reader.h"
#include "base/files/files.h"
#include "base/http/web_config.h"
#include "exporters/business/config/business_config.h"
#include "exporters/health/blackbox/module.h"
#include "exporters/health/checks/health_config.h"
#include "exporters/health/probers/register_probers.h"
#include "exporters/security/config/security_config.h"

namespace picket::test {
namespace {

const Files& files() {
  static const RealFiles real;
  return real;
}

template <class T>
std::string problems_in(const std::string& yaml) {
  const Result<T> config = parse_config<T>(yaml, "file.yml", files());
  return config ? "" : config.error().message;
}

}  // namespace

ConfigReader health_reader() {
  return {"health.yml",
          [](const std::string& yaml) {
            static const health::ProberRegistry probers = health::all_probers();
            const auto config = health::parse_health_config(yaml, "file.yml", files(), probers);
            return config ? "" : config.error().message;
          },
          {{"checks[]", "timeout: 5s"}}};
}

ConfigReader blackbox_reader() {
  ConfigReader reader{"blackbox.yml", problems_in<health::Module>};
  for (const char* prober : {"http", "tcp", "dns", "icmp"})
    reader.needs.emplace("", "prober: " + std::string(prober));
  return reader;
}

ConfigReader business_reader() {
  return {"business.yml", [](const std::string& yaml) {
            const auto config = business::parse_business_config(yaml, "file.yml", files());
            return config ? "" : config.error().message;
          }};
}

ConfigReader security_reader() {
  return {"security.yml", [](const std::string& yaml) {
            const auto config = security::parse_security_config(yaml, "file.yml", files());
            return config ? "" : config.error().message;
          }};
}

ConfigReader alertd_reader() {
  return {"alertd.yml", problems_in<alertd::AlertdConfig>, {{"datasource", "http_config: {}"}}};
}

ConfigReader rule_file_reader() {
  return {"a rule file",
          problems_in<alertd::RuleFile>,
          {{"groups[].rules[]", "alert: A"}, {"groups[].rules[]", "record: a"}}};
}

ConfigReader authd_reader() {
  return {"authd.yml", problems_in<authd::AuthdConfig>};
}

ConfigReader web_config_reader() {
  return {"web.config.yml", problems_in<WebConfig>};
}

}  // namespace picket::test
