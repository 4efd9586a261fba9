// Package ids makes identifiers (标识): time-ordered ids for rows and random
// keys for links that must not be guessed.
package ids
