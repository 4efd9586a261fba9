package adapter

import (
	"sync"
	"time"
)

// bucket is a token bucket (令牌桶) of this copy: per second so many, at most burst at once.
type bucket struct {
	mu          sync.Mutex
	rate, burst float64
	tokens      float64
	filled      time.Time
}

func newBucket(rate, burst float64) *bucket {
	return &bucket{rate: rate, burst: max(burst, 1), tokens: max(burst, 1)}
}

// take takes one token, if there is one.
func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if past := now.Sub(b.filled).Seconds(); past > 0 && !b.filled.IsZero() {
		b.tokens = min(b.burst, b.tokens+past*b.rate)
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
