// A view of the page at / as a busy daemon has it.
#pragma once

#include "base/time/timestamp.h"
#include "exporters/security/pages/overview_view.h"
#include "tests/security/events/sample_events.h"

namespace picket::security::test {

inline const WallTime kNow = *parse_rfc3339("2026-01-05T12:30:00Z");

inline PostureTarget shop_target() {
  return {.target = "https://shop.example.org:443",
          .score = 0.726,
          .scanned = kNow - std::chrono::minutes(12),
          .error = "",
          .findings =
              {{.check = "header_csp",
                .severity = Severity::Medium,
                .summary = "Content-Security-Policy is not sent",
                .what_to_do =
                    "Send Content-Security-Policy: default-src 'self', and widen it by what the site uses"},
               {.check = "tls_protocol",
                .severity = Severity::High,
                .summary = "TLS 1.0 and 1.1 are accepted",
                .what_to_do = "In nginx: ssl_protocols TLSv1.2 TLSv1.3;"}},
          .passed = {"The certificate is trusted and valid for 61 days", "HTTP is redirected to HTTPS",
                     "/.git and /.env are not served"}};
}

inline OverviewView busy_view() {
  OverviewView view;
  view.now = kNow;
  view.sources = {{.name = "web",
                   .type = "nginx",
                   .path = "/var/log/nginx/access.log",
                   .is_up = true,
                   .lines = 1'234'567,
                   .parse_failures = 3,
                   .lag_bytes = 4096,
                   .last_event = kNow - std::chrono::seconds(2)},
                  {.name = "ssh",
                   .type = "sshd",
                   .path = "/var/log/auth.log",
                   .is_up = false,
                   .error = "/var/log/auth.log: Permission denied",
                   .lines = 912,
                   .lost_bytes = 1'812}};
  view.classes = {{.category = "sql_injection",
                   .matched = {0, 3, 1, 0, 0, 9, 40, 2, 0, 0, 5, 1},
                   .accepted = {0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0}},
                  {.category = "traversal", .matched = {1, 1, 0, 0, 2, 1, 1, 0, 0, 120, 3, 2}},
                  {.category = "xss"}};
  view.detections = {{.kind = "brute_force",
                      .severity = Severity::High,
                      .source = "ssh",
                      .client = "198.51.100.23",
                      .account = "root",
                      .summary = "412 failed logins as root from 198.51.100.23 within 5 minutes",
                      .last = kNow - std::chrono::seconds(20)}};
  for (int n = 30; n > 0; --n) view.events.push_back(event(n));
  view.top = {{.measure = "attacks",
               .entries = {{"203.0.113.77", 164, 2}, {"198.51.100.23", 20, 0}, {"203.0.113.78", 6, 0}}},
              {.measure = "login_failures", .entries = {{"198.51.100.23", 412, 0}}}};
  view.posture = {shop_target(),
                  {.target = "https://api.example.org:443", .score = 0.96, .scanned = kNow},
                  {.target = "https://new.example.org:443", .error = "connection refused"}};
  return view;
}

}  // namespace picket::security::test
