#include "base/net/certificate_facts.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include "base/net/ip_address.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"

namespace picket {

namespace {

constexpr int kMaxChain = 32;
constexpr int kMaxNames = 100;

std::string name_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? repair_utf8({text, static_cast<std::size_t>(size)}) : "";
}

std::string serial_text(const ASN1_INTEGER* serial) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(ASN1_INTEGER_to_BN(serial, nullptr), &BN_free);
  if (!number) return "";
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes.empty() ? "00" : hex_encode(bytes);
}

std::string fingerprint_text(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return "";
  return hex_encode({reinterpret_cast<const char*>(digest.data()), size});
}

WallTime wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  // Past what nanoseconds can count (year 2262), for certificates that never expire.
  constexpr std::time_t kLatest = 9'223'372'036;
  return WallTime(std::chrono::seconds(std::clamp<std::time_t>(timegm(&parts), -kLatest, kLatest)));
}

std::string alternative_name(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    const unsigned char* bytes = ASN1_STRING_get0_data(name.d.dNSName);
    return repair_utf8(
        {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName))});
  }
  if (name.type != GEN_IPADD) return "";
  const unsigned char* bytes = ASN1_STRING_get0_data(name.d.iPAddress);
  const int size = ASN1_STRING_length(name.d.iPAddress);
  if (size == 4) return IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}).text();
  std::array<std::uint8_t, 16> v6{};
  if (size != static_cast<int>(v6.size())) return "";
  std::copy(bytes, bytes + v6.size(), v6.begin());
  return IpAddress::v6(v6).text();
}

std::vector<std::string> alternative_names(const X509* certificate) {
  using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  std::vector<std::string> texts;
  const int count = names ? std::min(sk_GENERAL_NAME_num(names.get()), kMaxNames) : 0;
  for (int i = 0; i < count; ++i) {
    std::string text = alternative_name(*sk_GENERAL_NAME_value(names.get(), i));
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

void add_key(X509* certificate, CertificateFacts& facts) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return;
  facts.key_bits = EVP_PKEY_get_bits(key);
  if (const char* name = EVP_PKEY_get0_type_name(key); name != nullptr) facts.key_algorithm = name;
}

std::string signature_algorithm(const X509* certificate) {
  const int algorithm = X509_get_signature_nid(certificate);
  const char* name = algorithm == NID_undef ? nullptr : OBJ_nid2ln(algorithm);
  return name == nullptr ? "" : name;
}

}  // namespace

CertificateFacts certificate_facts(x509_st* certificate) {
  CertificateFacts facts;
  facts.subject = name_text(X509_get_subject_name(certificate));
  facts.issuer = name_text(X509_get_issuer_name(certificate));
  facts.serial = serial_text(X509_get0_serialNumber(certificate));
  facts.fingerprint_sha256 = fingerprint_text(certificate);
  facts.alternative_names = alternative_names(certificate);
  facts.not_before = wall_time(X509_get0_notBefore(certificate));
  facts.not_after = wall_time(X509_get0_notAfter(certificate));
  add_key(certificate, facts);
  facts.signature_algorithm = signature_algorithm(certificate);
  return facts;
}

std::vector<CertificateFacts> certificate_facts(const stack_st_X509* chain) {
  std::vector<CertificateFacts> facts;
  const int count = chain == nullptr ? 0 : std::min(sk_X509_num(chain), kMaxChain);
  facts.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) facts.push_back(certificate_facts(sk_X509_value(chain, i)));
  return facts;
}

}  // namespace picket
