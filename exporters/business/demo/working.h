// Jobs at the customers', what they say about the company (CSAT, NPS), and the technicians' shifts.
#pragma once

#include "exporters/business/demo/stage.h"

namespace picket::business {

/// Technicians: 500 customers each, at least eight.
std::int64_t technicians(const DemoPlan& plan);
std::string_view team_of(std::int64_t technician);
/// What a technician does at that time, when the company is looked at.
std::string_view state_of(Dice& dice, std::int64_t at);

void work(Stage& stage, Period slice);

/// In the life after the history: technicians begin and end their jobs.
void move_technicians(Stage& stage, Period slice);

/// A job that was open before: it ends in a while.
void finish_job(Stage& stage, std::int64_t id, const Customer& customer);

}  // namespace picket::business
