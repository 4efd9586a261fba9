package db

// Queued is how many writers of d wait for their turn.
func Queued(d *DB) int {
	d.turns.mu.Lock()
	defer d.turns.mu.Unlock()
	return len(d.turns.queue)
}
