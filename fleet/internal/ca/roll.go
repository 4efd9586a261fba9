package ca

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Files of an authority that is to come.
const (
	fileNext    = "ca-next.pem"
	fileNextKey = "ca-next-key.pem"
)

// A change of the authority (根证书更替) has three steps, with weeks between them so that every terminal has renewed its
// certificate and with it the list of roots that it trusts:
//
//	Begin   a second root is trusted, the first still signs
//	Switch  the second signs, the first is still trusted
//	Finish  only the second is trusted
//
// Each takes effect when the centre and the brokers are started again.

// Begin makes the next authority and trusts both.
func Begin(dir string, now time.Time) error {
	next := filepath.Join(dir, fileNext)
	if exists(next) {
		return errors.New("a change of the authority is under way already")
	}
	key, der, err := newRoot(now)
	if err != nil {
		return err
	}
	if err := writeECDSA(filepath.Join(dir, fileNextKey), key); err != nil {
		return err
	}
	if err := writeFile(next, certPEM(der), 0o644); err != nil {
		return err
	}
	present, err := os.ReadFile(filepath.Join(dir, fileRoot)) // #nosec G304 -- a file of the centre's own folder
	if err != nil {
		return fmt.Errorf("read root certificate: %w", err)
	}
	return writeFile(filepath.Join(dir, fileRoot), bytes.Join([][]byte{present, certPEM(der)}, nil), 0o644)
}

// Switch lets the next authority sign. The listeners' certificate is made anew at the next start.
func Switch(dir string) error {
	next, err := os.ReadFile(filepath.Join(dir, fileNext)) // #nosec G304 -- a file of the centre's own folder
	if err != nil {
		return fmt.Errorf("no change of the authority has begun: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, fileRoot)) // #nosec G304 -- a file of the centre's own folder
	if err != nil {
		return fmt.Errorf("read root certificate: %w", err)
	}
	trusted, err := parseCerts(text)
	if err != nil || len(trusted) != 2 {
		return errors.New("switch the authority: two roots must be trusted first")
	}
	if bytes.Equal(certPEM(trusted[0].Raw), next) {
		return errors.New("the authority was switched already")
	}
	// The key first: with the old order of certificates and the new key nothing can be signed, which the next try mends.
	key, err := readECDSA(filepath.Join(dir, fileNextKey))
	if err != nil {
		return fmt.Errorf("read key of the next authority: %w", err)
	}
	if err := writeECDSA(filepath.Join(dir, fileRootKey), key); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, fileRoot), append(bytes.Clone(next), certPEM(trusted[0].Raw)...), 0o644)
}

// Finish forgets the old authority.
func Finish(dir string) error {
	next, err := os.ReadFile(filepath.Join(dir, fileNext)) // #nosec G304 -- a file of the centre's own folder
	if err != nil {
		return fmt.Errorf("no change of the authority has begun: %w", err)
	}
	root, err := readCert(filepath.Join(dir, fileRoot))
	if err != nil {
		return fmt.Errorf("read root certificate: %w", err)
	}
	if !bytes.Equal(certPEM(root.Raw), next) {
		return errors.New("finish the change: switch the authority first")
	}
	if err := writeFile(filepath.Join(dir, fileRoot), next, 0o644); err != nil {
		return err
	}
	return errors.Join(os.Remove(filepath.Join(dir, fileNextKey)), os.Remove(filepath.Join(dir, fileNext)))
}
