// Package events is the ordered log of what happened (事件). Emit adds an event
// in the transaction of the act; Stream reads the log from any number on, in
// order and without gaps, also across a reconnect and also what other copies
// of the program wrote into the same database.
package events
