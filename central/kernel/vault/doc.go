// Package vault seals personal data at rest (字段加密): SM4-GCM with a key of its
// own for each field class, a blind index for look-up by HMAC-SM3, and the
// masks under which people see such data on a screen.
package vault
