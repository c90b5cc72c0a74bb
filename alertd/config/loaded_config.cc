#include "alertd/config/loaded_config.h"

#include <algorithm>
#include <iterator>

#include "alertd/notify/email/email_notifier.h"
#include "alertd/notify/slack/slack_notifier.h"
#include "alertd/notify/sms/sms_notifier.h"
#include "alertd/notify/webhook/webhook_notifier.h"

namespace picket::alertd {
namespace {

/// A glob may match nothing yet: Debian's default configuration names a folder that is not there.
Result<void> find_templates(LoadedConfig& loaded, const std::string& config_file, const Files& files) {
  for (const std::string& pattern : loaded.config.templates) {
    Result<std::vector<std::string>> paths = files.glob(resolve_beside(config_file, pattern));
    if (!paths) return fail(paths, "templates");
    const bool is_glob = pattern.find_first_of("*?[") != std::string::npos;
    const std::string missing = fmt::format("{}: templates: no file matches \"{}\"", config_file, pattern);
    if (paths->empty() && !is_glob) return fail(ErrorKind::NotFound, missing);
    if (paths->empty()) loaded.warnings.push_back(missing);
    std::ranges::move(*paths, std::back_inserter(loaded.template_files));
  }
  return {};
}

Result<TemplateLibrary> load_templates(const std::vector<std::string>& paths, const Files& files) {
  Result<TemplateLibrary> library = default_template_library();
  if (!library) return library;
  for (const std::string& path : paths) {
    const Result<std::string> text = files.read(path, 1_MiB);
    if (!text) return fail(text, "templates");
    const Result<void> added = library->add({.name = path, .text = *text}, alertmanager_functions());
    if (!added) return fail(added);
  }
  return library;
}

/// The notifiers of one receiver, named by kind and position.
class IntegrationBuilder {
 public:
  IntegrationBuilder(const GlobalConfig& global, const MessageTemplates& templates,
                     const ReceiverServices& services)
      : global_(global), templates_(templates), services_(services) {}

  Result<std::vector<Integration>> build(const ReceiverConfig& receiver) {
    integrations_.clear();
    const Result<void> emails = each("email", receiver.email, [this](EmailConfig config) {
      config.smtp = config.smtp.over(global_.smtp);
      return EmailNotifier::make(std::move(config),
                                 {templates_, services_.clock, services_.random, services_.resolver});
    });
    if (!emails) return fail(emails, receiver.name);
    const Result<void> texts = each("sms", receiver.sms, [this](SmsConfig config) {
      if (!config.provider.http) config.provider.http = global_.http;
      return SmsNotifier::make(std::move(config), templates_, services_.client, services_.clock);
    });
    if (!texts) return fail(texts, receiver.name);
    const Result<void> slacks = each("slack", receiver.slack, [this](SlackConfig config) {
      if (config.api_url.empty()) config.api_url = global_.slack_api_url;
      if (!config.http) config.http = global_.http;
      return SlackNotifier::make(std::move(config), templates_, services_.client, services_.clock);
    });
    if (!slacks) return fail(slacks, receiver.name);
    const Result<void> hooks = each("webhook", receiver.webhook, [this](WebhookConfig config) {
      if (!config.http) config.http = global_.http;
      return WebhookNotifier::make(std::move(config), templates_, services_.client, services_.clock);
    });
    if (!hooks) return fail(hooks, receiver.name);
    return std::move(integrations_);
  }

 private:
  template <class Config, class Make>
  Result<void> each(std::string_view kind, const std::vector<Config>& configs, const Make& make) {
    for (std::size_t i = 0; i < configs.size(); ++i) {
      Result<std::unique_ptr<Notifier>> notifier = make(configs[i]);
      if (!notifier) return fail(notifier);
      integrations_.push_back({.name = fmt::format("{}[{}]", kind, i),
                               .notifier = std::shared_ptr<Notifier>(std::move(*notifier)),
                               .content_key = configs[i].content_key});
    }
    return {};
  }

  const GlobalConfig& global_;
  const MessageTemplates& templates_;
  const ReceiverServices& services_;
  std::vector<Integration> integrations_;
};

}  // namespace

Result<LoadedConfig> load_alertd(const std::string& file, const Files& files) {
  const Result<std::string> text = files.read(file, 10_MiB);
  if (!text) return fail(text);
  Result<AlertdConfig> config = parse_config<AlertdConfig>(*text, file, files);
  if (!config) return fail(config);
  const RuleDefaults defaults{.interval = config->global.evaluation_interval,
                              .query_offset = config->global.rule_query_offset};
  Result<LoadedRules> rules = load_rules(config->rule_files, file, defaults, files);
  if (!rules) return fail(rules);
  LoadedConfig loaded{
      .config = std::move(*config), .rules = std::move(*rules), .template_files = {}, .warnings = {}};
  loaded.warnings = loaded.config.global.warnings;
  const Result<void> found = find_templates(loaded, file, files);
  if (!found) return fail(found);
  return loaded;
}

Result<std::shared_ptr<const DispatchConfig>> LoadedConfig::dispatch(const std::string& file,
                                                                     const Files& files,
                                                                     const std::string& external_url,
                                                                     const ReceiverServices& services) const {
  const Result<TemplateLibrary> library = load_templates(template_files, files);
  if (!library) return fail(library);
  const MessageTemplates templates(file, *library);
  IntegrationBuilder builder(config.global, templates, services);
  std::map<std::string, std::vector<Integration>> receivers;
  for (const ReceiverConfig& receiver : config.receivers) {
    Result<std::vector<Integration>> integrations = builder.build(receiver);
    if (!integrations) return fail(integrations);
    receivers.emplace(receiver.name, std::move(*integrations));
  }
  return std::make_shared<const DispatchConfig>(DispatchConfig{.tree = RouteTree(config.route),
                                                               .intervals = config.time_intervals,
                                                               .inhibit_rules = config.inhibit_rules,
                                                               .receivers = std::move(receivers),
                                                               .external_url = external_url,
                                                               .graph_url = config.datasource.graph_url()});
}

}  // namespace picket::alertd
