// A collector on a loop of its own, and keys that only the openssl program makes.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "exporters/security/posture/collector.h"
#include "exporters/security/posture/judge.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"

namespace picket::security {

/// Keys and certificates that only the openssl program makes: chains, short keys, old signatures.
class Keys {
 public:
  Keys() {
    dir_.write("openssl.cnf",
               "[req]\ndistinguished_name = dn\n[dn]\n"
               "[ca]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n"
               "[leaf]\nbasicConstraints = critical,CA:FALSE\nsubjectAltName = DNS:localhost\n");
    run("req -x509 -config @openssl.cnf -extensions ca -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout @root.key -out @root.pem -subj /CN=root -days 30");
    request("mid", "ec -pkeyopt ec_paramgen_curve:P-256");
    sign("mid", "root", "ca");
    request("leaf", "rsa:2048");
    sign("leaf", "mid", "leaf");
  }

  void run(const std::string& arguments) const {
    std::vector<std::string> argv{test::find_program("openssl", "openssl")};
    std::stringstream words(arguments);
    for (std::string word; words >> word;) argv.push_back(word[0] == '@' ? dir_.file(word.substr(1)) : word);
    const test::Finished finished = test::run_to_end({argv, {}, {}, {}});
    ASSERT_EQ(finished.exit_code, 0) << arguments << "\n" << finished.errors;
  }
  std::string file(const std::string& name) const { return dir_.file(name); }
  /// A file of several certificates.
  std::string chain(const std::vector<std::string>& names) const {
    std::string pem;
    for (const std::string& name : names) pem += dir_.read(name + ".pem");
    return dir_.write("chain.pem", pem);
  }
  /// RSA with 1024 bits, signed by itself with SHA-1, for another name.
  void make_bad() const {
    run("req -x509 -config @openssl.cnf -extensions ca -newkey rsa:1024 -sha1 -nodes -keyout @bad.key -out "
        "@bad.pem -subj /CN=old.example -days 3");
  }

 private:
  void request(const std::string& name, const std::string& key) const {
    run("req -new -config @openssl.cnf -newkey " + key + " -nodes -keyout @" + name + ".key -out @" + name +
        ".csr -subj /CN=" + name);
  }
  void sign(const std::string& name, const std::string& issuer, const std::string& extensions) const {
    run("x509 -req -in @" + name + ".csr -CA @" + issuer + ".pem -CAkey @" + issuer +
        ".key -extfile @openssl.cnf -extensions " + extensions + " -out @" + name +
        ".pem -set_serial 2 -days 30");
  }

  const test::TempDir dir_;
};

class CollectorTest : public testing::Test {
 protected:
  Result<Observation> collect(const ScanConfig& config, Duration within = std::chrono::seconds(60)) {
    std::promise<Result<Observation>> promise;
    collector_->collect(std::make_shared<const ScanConfig>(config), Deadline::after(clock_, within),
                        [&promise](Result<Observation> seen) { promise.set_value(std::move(seen)); });
    return promise.get_future().get();
  }
  ScanResult scan(const ScanConfig& config) {
    const Result<Observation> seen = collect(config);
    EXPECT_TRUE(seen.has_value()) << seen.error().message;
    return judge(seen ? *seen : Observation{}, config);
  }
  ScanConfig at(int port) const {
    ScanConfig config;
    config.target = "https://localhost:" + std::to_string(port);
    config.ca_file = keys_.file("root.pem");
    return config;
  }
  static std::set<std::string> with(const ScanResult& result, Outcome outcome) {
    std::set<std::string> ids;
    for (const CheckResult& check : result.checks) {
      if (check.outcome == outcome) ids.emplace(check.check->id);
    }
    return ids;
  }
  static std::string seen_of(const ScanResult& result, std::string_view id) { return result.find(id)->seen; }

  const Keys keys_;
  SystemClock clock_;
  SystemRandom random_;
  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient client_{loop_, resolver_};
  std::unique_ptr<Collector> collector_ = std::make_unique<Collector>(
      CollectorServices{loop_, resolver_, client_, random_, clock_, "picket security_exporter/test"});
};

}  // namespace picket::security
