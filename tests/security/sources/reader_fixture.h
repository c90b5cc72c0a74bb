// What a SourceReader of one log works with, and what it gave: for tests of one, or of several after each other.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporters/security/sources/source_reader.h"
#include "tests/support/give_up.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::security {

class ReaderFixture : public testing::Test {
 protected:
  std::unique_ptr<SourceReader> open(const SourceConfig& config) const { return open(config, parts_); }
  std::unique_ptr<SourceReader> open(const SourceConfig& config, const SourceParts& parts) const {
    auto parser = make_parser(config.format);
    if (!parser) picket::test::give_up(parser.error().message);
    return SourceReader::open(config, parts, analysis_, std::move(*parser), std::nullopt);
  }
  static void read_all(SourceReader& reader) {
    while (reader.step()) {
    }
    reader.publish();
  }

  const picket::test::TempDir dir_;
  RealFiles files_;
  picket::test::ManualClock clock_;
  std::string logged_;
  Logger log_{{}, clock_, [this](std::string_view line) { logged_ += std::string(line) + "\n"; }};
  std::vector<SecurityEvent> events_;
  std::size_t events_waiting_ = 0;  ///< for their store
  const SourceParts parts_{.files = files_,
                           .clock = clock_,
                           .log = log_,
                           .folder = dir_.path(),
                           .events =
                               [this](std::vector<SecurityEvent> events) {
                                 events_.insert(events_.end(), events.begin(), events.end());
                               },
                           .events_waiting = [this] { return events_waiting_; }};
  const Analysis analysis_{{}, std::move(*Detector::built_in())};
};

}  // namespace picket::security
