#include "tests/support/certificates.h"

#include <openssl/ec.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/support/give_up.h"

namespace picket::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

struct Extension {
  int kind;
  std::string value;
};

struct Issuer {
  X509* certificate;
  EVP_PKEY* key;
};

Key make_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, const Extension& extension) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, extension.kind, extension.value.c_str());
  if (made == nullptr) give_up("bad certificate extension " + extension.value);
  X509_add_ext(certificate, made, -1);
  X509_EXTENSION_free(made);
}

Certificate make_certificate(const CertificateOptions& options, EVP_PKEY* key, const Issuer* issuer,
                             const std::vector<Extension>& extensions) {
  static long serial = 1000;
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.starts.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.ends.count());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
  X509* const signer = issuer == nullptr ? certificate.get() : issuer->certificate;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  X509_set_pubkey(certificate.get(), key);
  for (const Extension& extension : extensions) add_extension(certificate.get(), signer, extension);
  if (X509_sign(certificate.get(), issuer == nullptr ? key : issuer->key, EVP_sha256()) == 0)
    give_up("cannot sign");
  return certificate;
}

template <class Write>
std::string pem(Write&& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  write(memory.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  return pem([&](BIO* out) { PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(EVP_PKEY* key) {
  return pem([&](BIO* out) { PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

std::vector<Extension> leaf_extensions(const std::string& names) {
  return {{NID_basic_constraints, "critical,CA:FALSE"},
          {NID_key_usage, "critical,digitalSignature"},
          {NID_ext_key_usage, "serverAuth,clientAuth"},
          {NID_subject_alt_name, names}};
}

}  // namespace

class Certificates::Authority {
 public:
  Key key = make_key();
  Certificate certificate = make_certificate(
      {.common_name = "Picket test authority"}, key.get(), nullptr,
      {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}});
};

Certificates::Certificates() : authority_(std::make_unique<Authority>()) {
  ca_file_ = dir_.write("ca.pem", pem_of(authority_->certificate.get()));
}

Certificates::~Certificates() = default;

CertificateFiles Certificates::store(const std::string& stem, const std::string& cert,
                                     const std::string& key) const {
  return {dir_.write(stem + ".pem", cert), dir_.write(stem + "-key.pem", key)};
}

CertificateFiles Certificates::issue(const CertificateOptions& options) {
  const Key key = make_key();
  const Issuer issuer{authority_->certificate.get(), authority_->key.get()};
  const Certificate certificate =
      make_certificate(options, key.get(), &issuer, leaf_extensions(options.names));
  return store("leaf" + std::to_string(++issued_), pem_of(certificate.get()), pem_of(key.get()));
}

CertificateFiles Certificates::expired() {
  return issue({.starts = -std::chrono::hours(48), .ends = -std::chrono::hours(24)});
}

CertificateFiles Certificates::wrong_name() {
  return issue({.common_name = "other.example", .names = "DNS:other.example"});
}

CertificateFiles Certificates::client(const std::string& common_name) {
  return issue({.common_name = common_name, .names = "DNS:client.example"});
}

CertificateFiles Certificates::self_signed() {
  const Key key = make_key();
  const CertificateOptions options;
  const Certificate certificate =
      make_certificate(options, key.get(), nullptr, leaf_extensions(options.names));
  return store("self" + std::to_string(++issued_), pem_of(certificate.get()), pem_of(key.get()));
}

std::string Certificates::ocsp_response(const CertificateFiles& leaf, Ocsp status) {
  constexpr long kDay = 24L * 60 * 60;
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(leaf.cert.c_str(), "r"), BIO_free);
  const Certificate certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(OCSP_BASICRESP_new(),
                                                                              OCSP_BASICRESP_free);
  const std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)> id(
      OCSP_cert_to_id(EVP_sha1(), certificate.get(), authority_->certificate.get()), OCSP_CERTID_free);
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> from(
      X509_gmtime_adj(nullptr, status == Ocsp::Stale ? -7 * kDay : -60), ASN1_TIME_free);
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> until(
      X509_gmtime_adj(nullptr, status == Ocsp::Stale ? -kDay : kDay), ASN1_TIME_free);
  const int word = status == Ocsp::Revoked   ? V_OCSP_CERTSTATUS_REVOKED
                   : status == Ocsp::Unknown ? V_OCSP_CERTSTATUS_UNKNOWN
                                             : V_OCSP_CERTSTATUS_GOOD;
  OCSP_basic_add1_status(basic.get(), id.get(), word, OCSP_REVOKED_STATUS_NOSTATUS,
                         status == Ocsp::Revoked ? from.get() : nullptr, from.get(), until.get());
  if (OCSP_basic_sign(basic.get(), authority_->certificate.get(), authority_->key.get(), EVP_sha256(),
                      nullptr, 0) != 1)
    give_up("cannot sign an OCSP response");
  const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()), OCSP_RESPONSE_free);
  unsigned char* bytes = nullptr;
  const int size = i2d_OCSP_RESPONSE(response.get(), &bytes);
  const std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return dir_.write("ocsp" + std::to_string(++issued_) + ".der", der);
}

}  // namespace picket::test
