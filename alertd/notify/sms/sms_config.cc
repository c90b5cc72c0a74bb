#include "alertd/notify/sms/sms_config.h"

namespace picket::alertd {

void read_yaml(MapReader& r, SmsConfig& c) {
  constexpr int kMostSegments = 10;
  r.read("send_resolved", c.send_resolved);
  r.require("to", c.to);
  if (r.has("to") && c.to.empty()) r.problem("to", "must name at least one number");
  for (const std::string& number : c.to) {
    const Result<void> fine = check_phone_number(number);
    if (!fine) r.problem("to", fine.error().message);
  }
  r.read("text", c.text);
  if (r.read("max_segments", c.max_segments) && (c.max_segments < 1 || c.max_segments > kMostSegments)) {
    r.problem("max_segments", "must be from 1 to 10");
  }
  read_sms_provider(r, c.provider);
}

}  // namespace picket::alertd
