// What was said in one SMTP conversation, as far as the outcome depends on it. Keeps no credentials and no
// message text. Used by the SMTP sender; not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/deliver/delivery.h"

namespace picket {

struct SmtpReply {
  int code = 0;      ///< 0: there was none
  std::string text;  ///< all lines, cut, with the code
};

class SmtpTranscript {
 public:
  void command(std::string_view line);     ///< a line that was sent
  void reply_line(std::string_view line);  ///< one line of a reply
  /// The whole message was handed over; what is answered from here on is the answer to it.
  void message_sent();

  /// RFC 5321 4.2.1: 2yz is delivered, 4yz retry, 5yz permanent. `failure` says why the conversation ended,
  /// if it did not end well.
  DeliveryResult judge(std::string_view failure) const;
  /// In its answer to the last EHLO (RFC 6531 3.1).
  bool offers_smtputf8() const { return offers_smtputf8_; }
  bool authentication_tried() const { return authentication_tried_; }
  /// The conversation ended in a server's answer to the message.
  bool answered() const { return message_reply_.code != 0; }

 private:
  struct Refusal {
    std::string recipient;
    SmtpReply reply;
  };
  void take_reply();
  DeliveryResult judge_refusals() const;
  DeliveryResult judge_message() const;
  std::string list_refusals() const;

  std::string recipient_;    // of the RCPT that waits for its answer
  SmtpReply partial_;        // lines of a reply that has not ended
  SmtpReply last_;           // to the last command
  SmtpReply message_reply_;  // to the message
  std::vector<Refusal> refusals_;
  int accepted_ = 0;
  bool greeted_ = false;  // the last command was EHLO
  bool offers_smtputf8_ = false;
  bool authentication_tried_ = false;
  bool message_sent_ = false;
  bool ended_ = false;  // QUIT was said: nothing counts any more
};

}  // namespace picket
