#include "authd/sessions/client.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {

ClientBinding binding_of(const Client& client) {
  const bool is_known = !client.device_id.empty();
  const std::string what = is_known ? "device:" + client.device_id : "agent:" + client.user_agent;
  return {base64url_encode(sha256(what))};
}

}  // namespace picket::authd
