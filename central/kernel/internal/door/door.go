// Package door keeps the raw connection pools inside the kernel (内核之门).
// Whoever can make a Key may ask db for its pools, and only packages below
// central/kernel can import this one; modules have db.Do and nothing else.
package door

// Key opens db.Pools and db.Raw.
type Key struct{}
