// The readers of all files that users write, as the daemons have them.
#pragma once

#include "tests/documents/key_crawl.h"

namespace picket::test {

ConfigReader health_reader();
ConfigReader blackbox_reader();
ConfigReader business_reader();
ConfigReader security_reader();
ConfigReader alertd_reader();
ConfigReader rule_file_reader();
ConfigReader authd_reader();
ConfigReader web_config_reader();

}  // namespace picket::test
