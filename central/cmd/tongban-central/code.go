package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"tongban/central/kernel/check"
	"tongban/fleet/wire"
)

// checkCommand is `check code --kind id|uscc|licence|task|case VALUE`, `check document FILE`, `check exchange [--key HEX] FILE`,
// `check archive FILE`, `check paper --key KEY FILE` and `check qr --key KEY TEXT`.
func checkCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "code":
			return checkCode(args[1:], out)
		case "document":
			return checkDocument(ctx, args[1:], out)
		case "exchange":
			return checkExchange(ctx, args[1:], out)
		case "archive":
			return checkArchive(args[1:], out)
		case "paper", "qr":
			return checkProof(args[0], args[1:], out)
		}
	}
	return errors.New("write: check code --kind id|uscc|licence|task|case VALUE, or: check document FILE, or: check exchange [--key HEX] FILE, or: check archive FILE, or: check paper --key KEY FILE, or: check qr --key KEY TEXT")
}

// checkCode prints valid, "warning: …" or "invalid: …"; only the last is a failure.
func checkCode(args []string, out io.Writer) error {
	f := flag.NewFlagSet("check code", flag.ContinueOnError)
	kind := f.String("kind", "", "id, uscc, licence, task or case")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New("write one number to check")
	}
	v := verdict(check.Kind(*kind), f.Arg(0))
	line := string(v.State)
	if v.State != check.Valid {
		line += ": " + v.Message
	}
	if _, err := fmt.Fprintln(out, line); err != nil {
		return err
	}
	if v.State == check.Invalid {
		return exitCode(1)
	}
	return nil
}

// verdict knows case numbers too: they are the terminals' business and not the kernel's.
func verdict(kind check.Kind, value string) check.Verdict {
	if kind != "case" {
		return check.Verify(kind, value)
	}
	no, err := wire.ParseCaseNo(value)
	switch {
	case err != nil:
		return check.Verdict{State: check.Invalid, Message: "不是办件编号，或校验位不对：应为 MY261126-001-0017-5 的样子"}
	case no != value:
		return check.Verdict{State: check.Warning, Message: "规范写法是 " + no, Normalised: no}
	default:
		return check.Verdict{State: check.Valid, Normalised: no}
	}
}

// checkDocument says whether a file is byte for byte a paper that this centre issued.
func checkDocument(ctx context.Context, args []string, out io.Writer) error {
	c, rest, err := load(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return errors.New("write: check document FILE")
	}
	pdf, err := os.ReadFile(rest[0]) // #nosec G703 -- the person at the command line names the file
	if err != nil {
		return fmt.Errorf("read paper: %w", err)
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	v, err := centre.window.Service.Recognise(ctx, pdf)
	if err != nil {
		return err
	}
	if v == "" {
		_, _ = fmt.Fprintln(out, "invalid: 这份文件不是本中心发出的，或已被改动")
		return exitCode(1)
	}
	_, err = fmt.Fprintln(out, "valid: "+v)
	return err
}
