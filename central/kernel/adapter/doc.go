// Package adapter is the one way to declare an outside system (外部系统适配): its contract, what may be called and how long that
// may take, when to try again, when to stop asking, how often, and a record of every exchange. Each declared system is a Port;
// its switch, its breaker and its health are rows, so that all copies of the centre see the same.
//
// An exchange leaves who asked what when, digests (SM3) and sizes of both sides, result and time, and never the content.
package adapter
