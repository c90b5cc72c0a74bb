#include "exporters/business/demo/company.h"

#include "exporters/business/demo/accounts.h"
#include "exporters/business/demo/making.h"
#include "exporters/business/demo/messaging.h"
#include "exporters/business/demo/working.h"

namespace picket::business {

Company::Company(const DemoPlan& plan)
    : plan_(plan),
      rhythm_(plan.history),
      customers_(plan_, rhythm_),
      stage_{plan_, rhythm_, customers_, ledger_, plan.history.ends} {}

void Company::found() {
  found_company(stage_);
}

void Company::enter_customers(std::int64_t first, std::int64_t last) {
  for (std::int64_t id = first; id <= last; ++id) enter_customer(stage_, customers_.customer(id));
}

void Company::pass(Period slice) {
  sell(stage_, slice);
  work(stage_, slice);
  make(stage_, slice);
  message(stage_, slice);
  meter_.count(stage_, slice);
}

void Company::come_alive(std::int64_t at, std::int64_t customers) {
  stage_.known_until = at;
  stage_.agenda = &agenda_;
  customers_.grow_to(customers);
}

void Company::live_until(std::int64_t now) {
  while (stage_.known_until < now) {
    const std::int64_t begins = stage_.known_until;
    const std::int64_t hour_ends = (begins / kHour + 1) * kHour;
    live({begins, std::min(now, hour_ends)});
  }
}

void Company::live(Period slice) {
  stage_.known_until = slice.ends;
  while (!agenda_.empty() && stage_.has_happened(agenda_.begin()->first)) {
    const Later later = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    later(stage_);
  }
  come_and_go(stage_, slice);
  pass(slice);
  use_keys(stage_, slice);
  move_technicians(stage_, slice);
}

}  // namespace picket::business
