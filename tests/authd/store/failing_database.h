// A real database that fails at the step a test names, so that a test can go through every place where it
// may: a statement that did not run, or one that did and whose answer was lost. Safe from any thread.
#pragma once

#include <atomic>
#include <span>

#include "base/sql/database.h"

namespace picket::authd {

enum class Loss { Statement, Answer };

class FailingDatabase final : public sql::Database {
 public:
  explicit FailingDatabase(sql::Database& real) : real_(real) {}  ///< must outlive it

  /// The step of that number (1 is the next) fails with Unavailable. Steps are the statements, those of
  /// transactions too, and the end of each transaction.
  void fail_at(int step, Loss loss) {
    loss_ = loss;
    steps_left_ = step;
  }
  void heal() { steps_left_ = 0; }
  bool has_failed() const { return steps_left_ <= 0; }

  sql::Engine engine() const override { return real_.engine(); }
  Result<sql::Rows> query(std::string_view sql, const sql::Params& params) override {
    return at_step<sql::Rows>([&] { return real_.query(sql, params); });
  }
  Result<std::int64_t> execute(std::string_view sql, const sql::Params& params) override {
    return at_step<std::int64_t>([&] { return real_.execute(sql, params); });
  }
  Result<void> transaction(const std::function<Result<void>(sql::Session&)>& work) override {
    bool is_answer_lost = false;
    auto done = real_.transaction([&](sql::Session& session) -> Result<void> {
      Inside inside(*this, session);
      auto worked = work(inside);
      if (inside.is_doomed()) return away();
      if (!worked || !strikes()) return worked;
      if (loss_ == Loss::Statement) return away();
      is_answer_lost = true;
      return worked;
    });
    return done && is_answer_lost ? away() : done;
  }
  Result<void> append(const sql::TableColumns& into, std::span<const sql::Params> rows) override {
    return real_.append(into, rows);
  }
  Result<void> migrate(std::string_view component, std::span<const sql::Migration> migrations) override {
    return real_.migrate(component, migrations);
  }

 private:
  /// An open transaction: what fails in it undoes it, whether the statement ran or not.
  class Inside final : public sql::Session {
   public:
    Inside(FailingDatabase& outside, sql::Session& real) : outside_(outside), real_(real) {}
    bool is_doomed() const { return is_doomed_; }

    Result<sql::Rows> query(std::string_view sql, const sql::Params& params) override {
      if (dooms()) return away();
      return real_.query(sql, params);
    }
    Result<std::int64_t> execute(std::string_view sql, const sql::Params& params) override {
      if (dooms()) return away();
      return real_.execute(sql, params);
    }

   private:
    bool dooms() {
      is_doomed_ = outside_.strikes() || is_doomed_;
      return is_doomed_;
    }

    FailingDatabase& outside_;
    sql::Session& real_;
    bool is_doomed_ = false;
  };

  static Failure away() { return fail(ErrorKind::Unavailable, "the test has taken the database away"); }
  bool strikes() { return steps_left_.fetch_sub(1) == 1; }

  template <class T, class Work>
  Result<T> at_step(const Work& work) {
    const bool is_struck = strikes();
    if (is_struck && loss_ == Loss::Statement) return away();
    Result<T> answer = work();
    return is_struck ? away() : std::move(answer);
  }

  sql::Database& real_;
  std::atomic<Loss> loss_ = Loss::Statement;
  std::atomic<int> steps_left_ = 0;  ///< at 1 the next one fails; below, none does
};

}  // namespace picket::authd
