// Package obs is how the running centre shows itself (可观测性): JSON logs that
// drop personal data, and metrics in the Prometheus text format.
package obs
