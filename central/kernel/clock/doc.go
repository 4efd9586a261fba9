// Package clock is the only source of time in the centre (时钟). Legal time
// limits, sessions and timers all ask it, so that a test can move time instead
// of waiting for it.
package clock
