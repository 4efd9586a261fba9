// Package notify sends short messages (短信通知): a message is queued in the transaction of the act that wants it and
// delivered after the commit by the short-message gateway's adapter. A message that has become pointless (a code whose time
// is over) is dropped and not sent late.
//
// What is kept after the delivery is who (by blind index), when and which template: neither number nor text.
package notify
