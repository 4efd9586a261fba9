// Package vault seals personal data at rest (字段加密): each field class has data keys of its own, wrapped by a
// key-encryption key that lies with the cryptographic provider and never in the database (信封加密). A blind index makes
// sealed values findable, and the masks say what people see of them on a screen.
package vault
