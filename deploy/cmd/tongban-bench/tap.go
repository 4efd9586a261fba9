package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"tongban/deploy/stack"
)

// tapRow measures a finger in the real browser: pointer up on a tile until the screen shows the next page, and beside it
// a bare button that changes its own text.
func tapRow(ctx context.Context, s *stack.Stack) (row, error) {
	cmd := exec.CommandContext(ctx, "node", "deploy/e2e/tap.mjs", s.Terminals[0].UI) //nolint:gosec // our own script
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return row{}, fmt.Errorf("measure taps: %w", err)
	}
	var got struct{ Tap, Control float64 }
	if err := json.Unmarshal(bytes.TrimSpace(out), &got); err != nil {
		return row{}, fmt.Errorf("read taps: %w", err)
	}
	tap, control := time.Duration(got.Tap*float64(time.Millisecond)), time.Duration(got.Control*float64(time.Millisecond))
	return row{"tap → visible feedback, p95", ms(tap), "a bare button " + ms(control), "≤ 100 ms", tap <= 100*time.Millisecond}, nil
}
