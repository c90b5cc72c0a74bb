// Makes the alert of a sample: labels and annotations expanded from the rule's templates. Used by evaluate.cc
// alone.
#pragma once

#include <vector>

#include "alertd/rules/evaluate.h"

namespace picket::alertd {

class AlertExpander {
 public:
  AlertExpander(const AlertingRule& rule, const EvaluationContext& context);

  /// A pending alert since now.
  ActiveAlert expand(const Sample& sample);
  std::size_t failures() const { return failures_; }

 private:
  std::string text_of(const Template& tmpl, const Value& dot);

  const AlertingRule& rule_;
  Expansion expansion_;
  Value external_labels_;
  Value external_url_;
  bool literal_;  ///< no template looks at the sample
  std::size_t failures_ = 0;
};

}  // namespace picket::alertd
