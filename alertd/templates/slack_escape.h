// Slack's escaping of text (docs.slack.dev, "Formatting text for app surfaces": &, < and > are control
// characters). Pure.
#pragma once

#include <string>
#include <string_view>

namespace picket::alertd {

/// &, < and > as entities. What is a link already (<https://...|text>, <mailto:...>) and the three entities
/// stay; a mention (<!channel>, <@U1>) does not: no label may call everybody.
std::string escape_slack(std::string_view text);

}  // namespace picket::alertd
