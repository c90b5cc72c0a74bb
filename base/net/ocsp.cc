#include "base/net/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <memory>

namespace picket {

namespace {

constexpr long kClockSkewSeconds = 300;
constexpr long kAnyAge = -1;

using Response = std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)>;
using Basic = std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)>;
using CertificateId = std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)>;

/// Null when none was stapled or it is not a successful response.
Basic stapled_response(ssl_st* connection) {
  const unsigned char* bytes = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(connection, &bytes);
  Basic none(nullptr, &OCSP_BASICRESP_free);
  if (bytes == nullptr || size <= 0) return none;
  const Response response(d2i_OCSP_RESPONSE(nullptr, &bytes, size), &OCSP_RESPONSE_free);
  if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return none;
  return {OCSP_response_get1_basic(response.get()), &OCSP_BASICRESP_free};
}

/// `single` is about `leaf`, whichever digest the responder names certificates by.
bool is_about(const OCSP_SINGLERESP* single, const X509* leaf, const X509* issuer) {
  auto* id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single));
  ASN1_OBJECT* digest = nullptr;
  OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, id);
  const EVP_MD* known = digest == nullptr ? nullptr : EVP_get_digestbyobj(digest);
  if (known == nullptr) return false;
  const CertificateId wanted(OCSP_cert_to_id(known, leaf, issuer), &OCSP_CERTID_free);
  return wanted && OCSP_id_cmp(wanted.get(), id) == 0;
}

OcspStatus status_in(OCSP_BASICRESP* response, const X509* leaf, const X509* issuer) {
  for (int i = 0; i < OCSP_resp_count(response); ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(response, i);
    if (!is_about(single, leaf, issuer)) continue;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
    const int status = OCSP_single_get0_status(single, nullptr, nullptr, &from, &until);
    if (OCSP_check_validity(from, until, kClockSkewSeconds, kAnyAge) != 1) return OcspStatus::Unavailable;
    if (status == V_OCSP_CERTSTATUS_GOOD) return OcspStatus::Good;
    return status == V_OCSP_CERTSTATUS_REVOKED ? OcspStatus::Revoked : OcspStatus::Unknown;
  }
  return OcspStatus::Unavailable;
}

}  // namespace

OcspStatus stapled_status(ssl_st* connection) {
  const Basic response = stapled_response(connection);
  STACK_OF(X509)* chain = SSL_get0_verified_chain(connection);
  OcspStatus status = OcspStatus::Unavailable;
  if (response && chain != nullptr && sk_X509_num(chain) > 1) {
    X509_STORE* trusted = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(connection));
    if (OCSP_basic_verify(response.get(), chain, trusted, 0) == 1)
      status = status_in(response.get(), sk_X509_value(chain, 0), sk_X509_value(chain, 1));
  }
  ERR_clear_error();  // a response that does not hold is no error of the connection
  return status;
}

}  // namespace picket
