#include <algorithm>

#include "base/time/timestamp.h"
#include "exporters/health/exposition/check_family.h"

namespace picket::health {

namespace {

using enum MetricType;

constexpr std::string_view kOcspNames[] = {"good", "revoked", "unknown", "unavailable"};

const TlsFacts* tls(const CheckStatus& c) {
  return c.last ? c.last->tls.get() : nullptr;
}

/// Something of an HTTP answer; nothing when there was none.
template <auto Field>
void http_number(FamilyWriter& f, const CheckStatus& c) {
  const auto* http = facts<HttpFacts>(c);
  if (http != nullptr && http->status != 0) f.sample({name(c)}, static_cast<double>(http->*Field));
}

void http_version(FamilyWriter& f, const CheckStatus& c) {
  const auto* http = facts<HttpFacts>(c);
  if (http != nullptr && !http->version.empty()) f.sample({name(c), http->version}, 1);
}

void http_last_modified(FamilyWriter& f, const CheckStatus& c) {
  const auto* http = facts<HttpFacts>(c);
  if (http != nullptr && http->last_modified) f.sample({name(c)}, unix_seconds(*http->last_modified));
}

template <auto Field>
void certificate_times(FamilyWriter& f, const CheckStatus& c) {
  if (tls(c) == nullptr) return;
  for (std::size_t i = 0; i < tls(c)->served.size(); ++i) {
    f.sample({name(c), std::to_string(i)}, unix_seconds(tls(c)->served[i].*Field));
  }
}

void chain_not_after(FamilyWriter& f, const CheckStatus& c) {
  if (tls(c) == nullptr || tls(c)->verified_chain.empty()) return;
  const auto& chain = tls(c)->verified_chain;
  const auto first = std::min_element(chain.begin(), chain.end(),
                                      [](const auto& a, const auto& b) { return a.not_after < b.not_after; });
  f.sample({name(c)}, unix_seconds(first->not_after));
}

void chain_verified(FamilyWriter& f, const CheckStatus& c) {
  if (tls(c) != nullptr && !tls(c)->served.empty()) f.sample({name(c)}, tls(c)->verified ? 1 : 0);
}

void ocsp_status(FamilyWriter& f, const CheckStatus& c) {
  if (tls(c) == nullptr || !tls(c)->ocsp) return;
  f.states({name(c)}, kOcspNames, kOcspNames[static_cast<std::size_t>(*tls(c)->ocsp)]);
}

void tls_connection(FamilyWriter& f, const CheckStatus& c) {
  if (tls(c) != nullptr && !tls(c)->version.empty()) f.sample({name(c), tls(c)->version, tls(c)->cipher}, 1);
}

void tls_leaf(FamilyWriter& f, const CheckStatus& c) {
  if (tls(c) == nullptr || tls(c)->served.empty()) return;
  const CertificateFacts& leaf = tls(c)->served.front();
  f.sample({name(c), leaf.fingerprint_sha256, leaf.subject, leaf.issuer, leaf.serial}, 1);
}

void dns_records(FamilyWriter& f, const CheckStatus& c) {
  const auto* dns = facts<DnsFacts>(c);
  if (dns == nullptr) return;
  f.sample({name(c), "answer"}, dns->answer);
  f.sample({name(c), "authority"}, dns->authority);
  f.sample({name(c), "additional"}, dns->additional);
}

void dns_rcode(FamilyWriter& f, const CheckStatus& c) {
  if (const auto* dns = facts<DnsFacts>(c)) f.sample({name(c)}, dns->rcode);
}

void dns_serials(FamilyWriter& f, const CheckStatus& c) {
  const auto* dns = facts<DnsFacts>(c);
  if (dns == nullptr) return;
  for (const DnsFacts::Serial& serial : dns->soa_serials) f.sample({name(c), serial.server}, serial.serial);
}

void dns_consistent(FamilyWriter& f, const CheckStatus& c) {
  const auto* dns = facts<DnsFacts>(c);
  if (dns != nullptr && dns->answers_consistent) f.sample({name(c)}, *dns->answers_consistent ? 1 : 0);
}

void icmp_hop_limit(FamilyWriter& f, const CheckStatus& c) {
  const auto* icmp = facts<IcmpFacts>(c);
  if (icmp != nullptr && icmp->reply_hop_limit) f.sample({name(c)}, *icmp->reply_hop_limit);
}

const CheckFamily kProtocolFamilies[] = {
    {Gauge,
     "health_http_status_code",
     "Status code of the final response.",
     {"check"},
     http_number<&HttpFacts::status>},
    {Gauge,
     "health_http_response_size_bytes",
     "Body size of the final response.",
     {"check"},
     http_number<&HttpFacts::response_bytes>},
    {Gauge, "health_http_redirects", "Redirects followed.", {"check"}, http_number<&HttpFacts::redirects>},
    {Info,
     "health_http_version_info",
     "Constant 1, negotiated HTTP version.",
     {"check", "version"},
     http_version},
    {Gauge,
     "health_http_last_modified_timestamp_seconds",
     "Last-Modified of the response.",
     {"check"},
     http_last_modified},
    {Gauge,
     "health_tls_cert_not_after_timestamp_seconds",
     "Expiry of each served certificate, also when verification fails.",
     {"check", "position"},
     certificate_times<&CertificateFacts::not_after>},
    {Gauge,
     "health_tls_cert_not_before_timestamp_seconds",
     "Start of validity.",
     {"check", "position"},
     certificate_times<&CertificateFacts::not_before>},
    {Gauge,
     "health_tls_verified_chain_not_after_timestamp_seconds",
     "Earliest expiry on the best verified chain.",
     {"check"},
     chain_not_after},
    {Gauge, "health_tls_chain_verified", "1 if chain and host name verified.", {"check"}, chain_verified},
    {StateSet,
     "health_tls_ocsp_status",
     "State set of the stapled response: good, revoked, unknown, unavailable.",
     {"check", "status"},
     ocsp_status},
    {Info,
     "health_tls_connection_info",
     "Constant 1, negotiated TLS parameters.",
     {"check", "version", "cipher"},
     tls_connection},
    {Info,
     "health_tls_leaf_info",
     "Constant 1, leaf certificate.",
     {"check", "fingerprint_sha256", "subject", "issuer", "serial"},
     tls_leaf},
    {Gauge,
     "health_dns_records",
     "Records per section (answer, authority, additional).",
     {"check", "section"},
     dns_records},
    {Gauge, "health_dns_rcode", "DNS response code.", {"check"}, dns_rcode},
    {Gauge, "health_dns_soa_serial", "SOA serial seen at a name server.", {"check", "server"}, dns_serials},
    {Gauge,
     "health_dns_answers_consistent",
     "1 if all name servers gave the same answer set.",
     {"check"},
     dns_consistent},
    {Counter,
     "health_icmp_packets_sent_total",
     "Echo requests sent.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) {
       if (c.icmp) f.sample({name(c)}, static_cast<double>(c.icmp->sent));
     }},
    {Counter,
     "health_icmp_packets_received_total",
     "Echo replies received in time.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) {
       if (c.icmp) f.sample({name(c)}, static_cast<double>(c.icmp->received));
     }},
    {Histogram,
     "health_icmp_round_trip_seconds",
     "Echo round trip time.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) {
       if (c.icmp) f.histogram({name(c)}, to_value(c.icmp->round_trips));
     }},
    {Gauge, "health_icmp_reply_hop_limit", "Hop limit of the last reply.", {"check"}, icmp_hop_limit},
};

}  // namespace

std::span<const CheckFamily> protocol_families() {
  return kProtocolFamilies;
}

}  // namespace picket::health
