#include "base/net/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <vector>

#include "base/files/files.h"

namespace picket {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

struct FreeInfos {
  void operator()(STACK_OF(X509_INFO) * infos) const { sk_X509_INFO_pop_free(infos, X509_INFO_free); }
};
using Infos = std::unique_ptr<STACK_OF(X509_INFO), FreeInfos>;

Bio reader_of(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return 0;
}

}  // namespace

std::vector<X509Ptr> certificates_in(const std::string& pem) {
  ERR_clear_error();
  std::vector<X509Ptr> all;
  const Bio reader = reader_of(pem);
  while (X509* next = PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr)) {
    all.emplace_back(next, X509_free);
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) all.clear();
  if (!all.empty()) ERR_clear_error();
  return all;
}

Failure tls_failure(std::string_view what) {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return fail(ErrorKind::InvalidInput, fmt::format("{}: {}", what, reason ? reason : "does not work"));
}

Result<std::string> read_pem(const std::string& file) {
  return RealFiles().read(file, kPemFileMax);
}

/// OpenSSL says "unsupported" or "no start line" of a text in which there is nothing of the kind.
Failure pem_failure(std::string_view place, std::string_view kind) {
  const unsigned long code = ERR_peek_error();
  const bool is_absent =
      ERR_GET_REASON(code) == PEM_R_NO_START_LINE || ERR_GET_REASON(code) == ERR_R_UNSUPPORTED;
  if (!is_absent) return tls_failure(place);
  ERR_clear_error();
  return fail(ErrorKind::InvalidInput, fmt::format("{} holds no {} in PEM", place, kind));
}

Result<void> use_chain(SSL_CTX* context, const std::string& pem, std::string_view what) {
  const std::vector<X509Ptr> chain = certificates_in(pem);
  if (chain.empty() || SSL_CTX_use_certificate(context, chain.front().get()) != 1)
    return pem_failure(what, "certificate");
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return tls_failure(what);
  }
  return {};
}

Result<void> use_key(SSL_CTX* context, const std::string& pem, std::string_view what) {
  ERR_clear_error();
  const Bio reader = reader_of(pem);
  const Key key(PEM_read_bio_PrivateKey(reader.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return pem_failure(what, "private key without a passphrase");
  return {};
}

Result<void> add_authorities(X509_STORE* store, const std::string& pem, std::string_view what) {
  ERR_clear_error();
  const Bio reader = reader_of(pem);
  const Infos infos(PEM_X509_INFO_read_bio(reader.get(), nullptr, no_passphrase, nullptr));
  bool found = false;
  for (int i = 0; infos && i < sk_X509_INFO_num(infos.get()); ++i) {
    const X509_INFO* info = sk_X509_INFO_value(infos.get(), i);
    if (info->x509 != nullptr && X509_STORE_add_cert(store, info->x509) != 1) return tls_failure(what);
    if (info->crl != nullptr && X509_STORE_add_crl(store, info->crl) != 1) return tls_failure(what);
    found = found || info->x509 != nullptr || info->crl != nullptr;
  }
  ERR_clear_error();
  if (found) return {};
  return fail(ErrorKind::InvalidInput, fmt::format("{}: holds no readable certificate", what));
}

}  // namespace picket
