package receipt

import "tongban/deploy/sim/trace"

func quiet() *trace.Log { return trace.New() }
