// What a person wants to know of an X.509 certificate. For base/net and base/http only.
#pragma once

#include <vector>

#include "base/net/tls.h"

struct x509_st;
struct stack_st_X509;

namespace picket {

CertificateFacts certificate_facts(x509_st* certificate);
/// In the order of the stack, at most 32 of them. Null gives none.
std::vector<CertificateFacts> certificate_facts(const stack_st_X509* chain);

}  // namespace picket
