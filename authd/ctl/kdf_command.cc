#include "authd/ctl/kdf_command.h"

#include "authd/passwords/calibrate.h"

namespace picket::authd {

Result<int> kdf_calibrate(const CtlArguments& args, Terminal& terminal) {
  const auto target = parse_duration(args.target);
  if (!target) return fail(target, "--target");
  const auto memory_max = parse_bytes(args.memory_max);
  if (!memory_max) return fail(memory_max, "--memory-max");
  const SystemClock clock;
  const auto found = calibrate({*target, *memory_max}, argon2_stopwatch(clock));
  if (!found) return fail(found);
  constexpr std::uint64_t kKib = 1024;
  terminal.out << "hashing:\n  algorithm: argon2id\n  argon2_memory: "
               << format_bytes({found->params.memory_kib * kKib})
               << "\n  argon2_passes: " << found->params.passes << "\n";
  terminal.err
      << "One verification took " << format_duration(found->took)
      << " on this machine. Put these lines into authd.yml; older hashes are made anew at the next login.\n";
  return kExitFine;
}

}  // namespace picket::authd
