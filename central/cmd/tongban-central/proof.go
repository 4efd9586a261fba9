package main

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"tongban/central/kernel/crypto"
	"tongban/central/modules/window"
)

// keyList is a flag that may be given more than once: keys are changed, and papers of the former one stay good.
type keyList []string

func (k *keyList) String() string { return "" }

func (k *keyList) Set(s string) error {
	*k = append(*k, s)
	return nil
}

// checkProof is `check paper --key KEY FILE` and `check qr --key KEY TEXT`: without a centre, its database or the network, by the
// centre's public key alone.
func checkProof(what string, args []string, out io.Writer) error {
	f := flag.NewFlagSet("check "+what, flag.ContinueOnError)
	var keys keyList
	f.Var(&keys, "key", "public key of the centre as hex, which keys public prints; may be given more than once")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 || len(keys) == 0 {
		return errors.New("write: check paper --key KEY FILE, or: check qr --key KEY TEXT")
	}
	var line string
	var err error
	if what == "qr" {
		var p window.Printed
		p, err = window.CheckPrinted(f.Arg(0), keys...)
		line = fmt.Sprintf("%s  %s  %s  验证码 %s", p.No, p.Case, p.On, p.Code())
	} else {
		var file []byte
		if file, err = os.ReadFile(f.Arg(0)); err != nil {
			return fmt.Errorf("read paper: %w", err)
		}
		var p window.Proof
		p, err = window.CheckFile(file, window.Trusting(keys...))
		line = fmt.Sprintf("%s %s  %s  %s  %s  验证码 %s", p.Title, p.No, p.Case, p.Office, p.On, p.Code)
	}
	if err != nil {
		_, _ = fmt.Fprintln(out, "invalid: "+err.Error())
		return exitCode(1)
	}
	_, err = fmt.Fprintln(out, "valid: "+line)
	return err
}

// publicKeys is `keys public`: what everybody may have, one line a key, the present one first. Papers, archive packages and the
// audit's checkpoints are signed with it.
func publicKeys(ctx context.Context, args []string, out io.Writer) error {
	c, rest, err := load(args)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return errors.New("write: keys public")
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	p := centre.kernel.Vault.Provider()
	active, err := p.Active(ctx, crypto.Audit)
	if err != nil {
		return fmt.Errorf("find signing key: %w", err)
	}
	all, err := p.Keys(ctx, crypto.Audit)
	if err != nil {
		return fmt.Errorf("list signing keys: %w", err)
	}
	ids := []crypto.KeyID{active}
	for _, k := range all {
		if k.ID != active {
			ids = append(ids, k.ID)
		}
	}
	for _, id := range ids {
		public, err := p.PublicKey(ctx, id)
		if err != nil {
			return fmt.Errorf("read public key: %w", err)
		}
		text := hex.EncodeToString(public)
		if _, err := fmt.Fprintln(out, text, window.KeyMark(text), id); err != nil {
			return err
		}
	}
	return nil
}
