#include "exporters/business/demo/stage.h"

namespace picket::business {

void happen(const Stage& stage, std::string_view what, Period slice, double per_day,
            const std::function<void(Dice&, std::int64_t at)>& visit) {
  Dice dice(stage.plan.seed, what, slice.begins);
  const double days = static_cast<double>(slice.length()) / static_cast<double>(kDay);
  const std::int64_t count = dice.poisson(per_day * days * stage.rhythm.world(slice.begins));
  for (std::int64_t i = 0; i < count; ++i) visit(dice, dice.between(slice.begins, slice.ends - 1));
}

}  // namespace picket::business
