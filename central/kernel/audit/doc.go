// Package audit keeps the record of who did what, when and why (审计). Records
// are only ever added, in the transaction of the act itself: an act that
// cannot be recorded fails. Each record carries an SM3 hash over itself and
// the hash before it, so that an edit, a deletion, an insertion or a change of
// order is detected; a head row, kept apart, detects a cut tail.
package audit
