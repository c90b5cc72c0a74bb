// Which probers there are: name under `prober:` in health.yml -> how its settings are read. checks/ knows this
// table and no prober; probers/ fills it (all_probers()); blackbox/ takes its four probers without it. Filled
// at start, then read from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

/// Settings of one prober, read and checked. Immutable; may be shared.
class ProberConfig {
 public:
  virtual ~ProberConfig() = default;
  virtual std::string_view kind() const = 0;  ///< "http": the name in the registry
  virtual const ProbeTarget& target() const = 0;
  virtual std::shared_ptr<Prober> make(const ProberServices& services) const = 0;
};

struct ProberKind {
  std::string_view name;
  /// Reads the map under `name:`; problems go to the reader. Null when there were any.
  std::function<std::shared_ptr<const ProberConfig>(const ValueReader&)> read;
};

class ProberRegistry {
 public:
  void add(ProberKind kind);
  const ProberKind* find(std::string_view name) const;
  std::vector<std::string> names() const;

  /// Reads `{http: {...}}`: a map with exactly one key, a known kind. Null when there were problems.
  std::shared_ptr<const ProberConfig> read(const ValueReader& value) const;

 private:
  std::vector<ProberKind> kinds_;
};

/// The usual ProberConfig: `C` has read_yaml(MapReader&, C&) and a field `ProbeTarget target`; `P` is
/// constructed from (std::shared_ptr<const C>, const ProberServices&), so that settings are held once.
template <class C, class P>
class ProberConfigOf final : public ProberConfig, public std::enable_shared_from_this<ProberConfigOf<C, P>> {
 public:
  ProberConfigOf(std::string_view kind, C config) : kind_(kind), config_(std::move(config)) {}
  std::string_view kind() const override { return kind_; }
  const ProbeTarget& target() const override { return config_.target; }
  std::shared_ptr<Prober> make(const ProberServices& services) const override {
    return std::make_shared<P>(std::shared_ptr<const C>(this->shared_from_this(), &config_), services);
  }

 private:
  std::string_view kind_;
  C config_;
};

template <class C, class P>
ProberKind prober_kind(std::string_view name) {
  return {name, [name](const ValueReader& value) -> std::shared_ptr<const ProberConfig> {
            C config;
            if (!value.decode(config)) return nullptr;
            return std::make_shared<ProberConfigOf<C, P>>(name, std::move(config));
          }};
}

}  // namespace picket::health
