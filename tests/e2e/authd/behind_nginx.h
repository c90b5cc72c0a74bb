// nginx in front of authd and of an app, by the documented file.
#pragma once

#include "tests/e2e/authd/behind_proxy.h"

namespace picket::test {

class BehindNginx : public BehindProxy {
 public:
  explicit BehindNginx(const std::string& more_config = "") : BehindProxy(Proxy::Nginx, more_config) {}
};

}  // namespace picket::test
