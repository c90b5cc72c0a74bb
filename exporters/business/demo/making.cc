#include "exporters/business/demo/making.h"

#include <array>

namespace picket::business {
namespace {

struct Process {
  std::string_view name;
  std::int64_t opportunities;  ///< for a defect, of a unit
  double defect_rate;          ///< of an opportunity
  std::string_view characteristic;
  double target, deviation, lower, upper;
};
constexpr std::array kProcesses{
    Process{"assembly", 12, 0.0008, "bore_mm", 25.0, 0.012, 24.95, 25.05},
    Process{"painting", 4, 0.0020, "thickness_um", 82, 3.0, 70, 95},
    Process{"packing", 3, 0.0004, "weight_g", 1502, 4.0, 1490, 1515},
};
constexpr double kBatchesPerDay = 60;  // of a process
constexpr int kMeasuredOfBatch = 5;

std::string_view defect_of(Dice& dice, const Process& process) {
  static constexpr std::array<std::string_view, 4> kDefects{"scratch", "misfit", "colour", "missing_part"};
  const bool paints = process.name == "painting";
  const std::array<double, 4> weights{0.4, paints ? 0.02 : 0.35, paints ? 0.5 : 0.02, paints ? 0.0 : 0.2};
  return kDefects[dice.weighted(weights)];
}

struct Batch {
  std::int64_t id;
  double expected;  ///< defects
  std::int64_t at;
};

void find_defects(Stage& stage, Dice& dice, const Process& process, const Batch& batch) {
  const std::int64_t kinds = std::min<std::int64_t>(2, dice.poisson(batch.expected));
  for (std::int64_t kind = 0; kind < kinds; ++kind) {
    const std::int64_t count = 1 + dice.poisson(batch.expected / static_cast<double>(kinds));
    const std::int64_t found_at = batch.at + 60 + whole(dice.exponential(1800));
    const std::string_view defect = defect_of(dice, process);
    stage.at(found_at, [=, id = batch.id, name = process.name](Stage& then) {
      then.ledger.add(DemoTable::Defects,
                      {then.ledger.next(DemoTable::Defects), id, text(name), text(defect), count, found_at});
    });
  }
}

void measure(Stage& stage, Dice& dice, const Process& process, std::int64_t at) {
  // In the bad week a tool is worn: off the middle, and it scatters.
  const double trouble = stage.rhythm.trouble(at) - 1;
  const double value = dice.normal(process.target + 0.4 * trouble * process.deviation,
                                   process.deviation * (1 + 0.15 * trouble));
  stage.ledger.add(DemoTable::Measurements, {stage.ledger.next(DemoTable::Measurements), text(process.name),
                                             text(process.characteristic), value, at});
}

void make_batch(Stage& stage, Dice& dice, const Process& process, std::int64_t at) {
  const std::int64_t units = dice.between(40, 160);
  const std::int64_t opportunities = units * process.opportunities;
  const std::int64_t id = stage.ledger.next(DemoTable::Batches);
  stage.ledger.add(DemoTable::Batches, {id, text(process.name), units, opportunities, at});
  const double expected = static_cast<double>(opportunities) * process.defect_rate * stage.rhythm.trouble(at);
  find_defects(stage, dice, process, {id, expected, at});
  for (int i = 0; i < kMeasuredOfBatch; ++i) measure(stage, dice, process, at);
}

}  // namespace

void set_limits(Ledger& ledger) {
  for (const Process& process : kProcesses)
    ledger.add(DemoTable::SpecLimits,
               {text(process.name), text(process.characteristic), process.lower, process.upper});
}

void make(Stage& stage, Period slice) {
  for (const Process& process : kProcesses) {
    happen(stage, process.name, slice, kBatchesPerDay,
           [&](Dice& dice, std::int64_t at) { make_batch(stage, dice, process, at); });
  }
}

}  // namespace picket::business
