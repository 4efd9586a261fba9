package db

// Changed returns a channel that is closed after the next commit of this
// process that rang the bell. Other processes ring their own bells, so that
// whoever waits polls as well.
func (d *DB) Changed(bell string) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.bells[bell]
	if !ok {
		c = make(chan struct{})
		d.bells[bell] = c
	}
	return c
}

func (d *DB) ring(bell string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.bells[bell]; ok {
		close(c)
		delete(d.bells, bell)
	}
}
