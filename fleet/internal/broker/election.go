package broker

import (
	"sync"
	"time"
	_ "unsafe" // for go:linkname, see faster
)

// How soon the nodes of a cluster choose a new leader when one is killed (选主). nats-server fixes 4 to 9 seconds, measured for
// clusters across continents; ours stand in one hall, and what waits for a leader is a citizen. A node sends a heartbeat four
// times before anybody may call it dead.
const (
	beatEvery   = 400 * time.Millisecond
	deadSoonest = 1600 * time.Millisecond
	deadLatest  = 3200 * time.Millisecond
)

// The server has no option for them: these are its own variables, by the linker. The program does not link when a release
// renames one; deploy/e2e/cluster measures that they work.
var (
	//go:linkname minElectionTimeout github.com/nats-io/nats-server/v2/server.minElectionTimeout
	minElectionTimeout time.Duration
	//go:linkname maxElectionTimeout github.com/nats-io/nats-server/v2/server.maxElectionTimeout
	maxElectionTimeout time.Duration
	//go:linkname hbInterval github.com/nats-io/nats-server/v2/server.hbInterval
	hbInterval time.Duration
)

// faster sets them, before the first server of this process starts.
var faster = sync.OnceFunc(func() {
	minElectionTimeout, maxElectionTimeout, hbInterval = deadSoonest, deadLatest, beatEvery
})
