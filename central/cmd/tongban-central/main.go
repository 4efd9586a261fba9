// Command tongban-central is the centre (中心端): gateway for the terminals, business modules and consoles in one binary.
//
//	tongban-central init                 keys, certificates and one-time passwords, into a file of mode 0600
//	tongban-central [serve]              run
//	tongban-central broker               run only the message broker
//	tongban-central enrol --terminal …   make a one-time code for a terminal
//	tongban-central terminal list|revoke|renew|ca …  certificates of terminals
//	tongban-central clock due …          compute a legal date
//	tongban-central check code|document|exchange|archive  check a number, a paper, the evidence of a message or an archive package
//	tongban-central check paper|qr --key …  check a paper's file or its QR code with nothing but the public key
//	tongban-central keys list|rotate     keys of the sealed fields, never the keys themselves
//	tongban-central keys public          the public keys that papers and packages are checked with
//	tongban-central backup --to DIR      snapshot of the running centre; keys apart with --keys FILE
//	tongban-central restore --from DIR   onto an empty machine, proven before it appears
//	tongban-central audit verify         prove the audit chain against its checkpoints (--checkpoints PLACE)
//	tongban-central audit checkpoint     sign and ship what waits, now
//	tongban-central audit archive        write old records to files; --drop yes takes them out of the table
//	tongban-central audit receive        keep the checkpoints of a centre on this, another, machine
//	tongban-central permissions --json   operation → permission → roles
//	tongban-central catalogue counts --json
//	tongban-central catalogue report     completeness by element and findings of the shipped catalogue
//	tongban-central catalogue export-seed | sample-xlsx  the shipped catalogue, and a sample to try an import with, as spreadsheet
//	tongban-central seed --scale N        an empty centre gets a made-up history of N cases, with a ledger to hold numbers against
//	tongban-central statistics rebuild    count the numbers of the boards anew from all cases
//	tongban-central api [--module NAME]  print the OpenAPI document
//	tongban-central version
//
// Every key of the configuration is also a flag and an environment variable; --help lists them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tongban/central/kernel/errs"
)

// version is set by the build.
var version = "dev"

func main() {
	noCoreDumps()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "tongban-central:", words(err))
	var code exitCode
	if errors.As(err, &code) {
		os.Exit(int(code))
	}
	os.Exit(1)
}

// exitCode ends the program with a status of its own.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

// words is what the operator reads: the sentence for the person where there is one, and the chain of causes.
func words(err error) string {
	if errs.Coded(err) {
		return errs.MessageOf(err) + " (" + err.Error() + ")"
	}
	return err.Error()
}

type command func(ctx context.Context, args []string, out io.Writer) error

func run(ctx context.Context, args []string, out io.Writer) error {
	commands := map[string]command{
		"init": initCommand, "serve": serve, "broker": broker, "enrol": enrol, "clock": clockCommand, "check": checkCommand,
		"audit": auditCommand, "backup": backupCommand, "restore": restoreCommand, "terminal": terminalCommand, "keys": keysCommand, "permissions": permissions, "catalogue": catalogueCommand, "api": apiDocument, "seed": seedCommand, "statistics": statisticsCommand,
		"version": func(_ context.Context, _ []string, out io.Writer) error {
			_, err := fmt.Fprintln(out, version)
			return err
		},
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return serve(ctx, args, out)
	}
	c, ok := commands[args[0]]
	if !ok {
		return fmt.Errorf("unknown command %q; see the head of this program's documentation, or --help", args[0])
	}
	return c(ctx, args[1:], out)
}
