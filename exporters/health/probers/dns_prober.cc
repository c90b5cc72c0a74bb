#include "exporters/health/probers/dns_prober.h"

#include <algorithm>
#include <set>

#include "base/text/strings.h"
#include "exporters/health/probers/dns_query.h"

namespace picket::health {
namespace {

/// What an answer says, the same for the same records in any order. TTLs are left out: they count down.
std::string essence_of(const DnsReply& reply) {
  std::set<std::string> records;
  for (const DnsRecord& record : reply.answer) {
    const std::size_t ttl_end = record.text.find('\t', record.name.size() + 1);
    records.insert(to_lower(record.name) + record.text.substr(ttl_end));
  }
  std::string essence = rcode_name(reply.rcode);
  for (const std::string& record : records) essence.append("\n").append(record);
  return essence;
}

/// Several servers are asked the same at the same time. It succeeds when one of them answers as wanted, and
/// is degraded when another does not, or answers something else. Lives on the loop.
class Survey : public std::enable_shared_from_this<Survey> {
 public:
  Survey(std::shared_ptr<const DnsProbeConfig> config, const ProberServices& services, Prober::Done done)
      : config_(std::move(config)),
        services_(services),
        done_(std::move(done)),
        results_(config_->servers.size()) {}

  void begin(Deadline deadline) {
    for (std::size_t i = 0; i < config_->servers.size(); ++i) {
      ask_dns(config_, services_, config_->servers[i], deadline,
              [self = shared_from_this(), i](DnsExchange exchange) { self->take(i, std::move(exchange)); });
    }
  }

 private:
  void take(std::size_t server, DnsExchange exchange) {
    if (exchange.reply) {
      judge(*config_, *exchange.reply, config_->servers[server], exchange.result);
      essences_.push_back(essence_of(*exchange.reply));
    }
    results_[server] = std::move(exchange.result);
    if (++answered_ == results_.size()) conclude();
  }

  void conclude() {
    const auto well = std::ranges::find_if(results_, &ProbeResult::success);
    ProbeResult result = well == results_.end() ? results_.front() : *well;
    for (const ProbeResult& each : results_) result.duration = std::max(result.duration, each.duration);
    result.resolved.reset();  // of which name?
    put_facts(result);
    const std::string failures = failures_text();
    if (!result.success) {
      result.detail = failures;
    } else if (!failures.empty()) {
      result.degraded = true;
      result.detail = failures;
    } else if (!consistent()) {
      result.degraded = true;
      result.detail = "the servers give different answers";
    }
    done_(std::move(result));
  }

  bool consistent() const {
    return std::ranges::adjacent_find(essences_, std::not_equal_to<>()) == essences_.end();
  }

  /// Of the server whose answer counts, with every server's serial.
  void put_facts(ProbeResult& result) const {
    auto* const facts = std::get_if<DnsFacts>(&result.facts);
    if (facts == nullptr) return;
    facts->soa_serials.clear();
    for (const ProbeResult& each : results_) {
      const auto* const seen = std::get_if<DnsFacts>(&each.facts);
      if (seen == nullptr) continue;
      facts->soa_serials.insert(facts->soa_serials.end(), seen->soa_serials.begin(), seen->soa_serials.end());
    }
    if (essences_.size() > 1) facts->answers_consistent = consistent();
  }

  std::string failures_text() const {
    constexpr std::size_t kMostBytes = 400;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      if (!results_[i].success) texts.push_back(config_->servers[i] + ": " + results_[i].detail);
    }
    return truncate(join(texts, "; "), kMostBytes);
  }

  const std::shared_ptr<const DnsProbeConfig> config_;
  const ProberServices services_;
  const Prober::Done done_;
  std::vector<ProbeResult> results_;   // by server
  std::vector<std::string> essences_;  // of the answers that came
  std::size_t answered_ = 0;
};

}  // namespace

void DnsProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  if (config_->servers.size() > 1) {
    const auto survey = std::make_shared<Survey>(config_, services_, std::move(done));
    return services_.loop.post([survey, deadline] { survey->begin(deadline); });
  }
  services_.loop.post([this, server = target.address, deadline, done = std::move(done)] {
    ask_dns(config_, services_, server, deadline, [config = config_, server, done](DnsExchange exchange) {
      if (exchange.reply) judge(*config, *exchange.reply, server, exchange.result);
      done(std::move(exchange.result));
    });
  });
}

}  // namespace picket::health
