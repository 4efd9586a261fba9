// Package jobs runs work behind the scenes (后台任务): added in the transaction
// of the act that wants it, tried again with growing pauses when it fails, and
// run by any copy of the program. The engine is River on both databases.
//
// A job may run more than once (a copy may die between the work and the note
// that it is done), so that handlers make their effect idempotent.
package jobs
