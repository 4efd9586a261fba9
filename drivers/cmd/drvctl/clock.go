package main

import "time"

// wall is the tool's only source of time.
var wall = time.Now //nolint:forbidigo // the clock itself
