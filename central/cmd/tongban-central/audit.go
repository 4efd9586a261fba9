package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
)

// auditCommand is `audit verify`, `audit checkpoint` and `audit receive`.
func auditCommand(ctx context.Context, args []string, out io.Writer) error {
	commands := map[string]command{"verify": auditVerify, "checkpoint": auditCheckpoint, "receive": auditReceive, "archive": auditArchive}
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("write: audit verify [--checkpoints PLACE] [--archive FOLDER] | audit checkpoint | audit archive --to FOLDER [--years 3] [--drop yes] | audit receive --listen HOST:PORT --checkpoints FOLDER")
	}
	return commands[args[0]](ctx, args[1:], out)
}

// takeFlag takes --name VALUE or --name=VALUE out of args.
func takeFlag(args []string, name string) (value string, rest []string) {
	for i := 0; i < len(args); i++ {
		v, inline := strings.CutPrefix(args[i], "--"+name+"=")
		switch {
		case inline:
			value = v
		case args[i] == "--"+name && i+1 < len(args):
			i++
			value = args[i]
		default:
			rest = append(rest, args[i])
		}
	}
	return value, rest
}

// broken ends `audit verify` with status 1 and a sentence.
type broken string

func (b broken) Error() string { return string(b) }
func (b broken) Unwrap() error { return exitCode(1) }

// auditVerify holds the chain against the checkpoints: exit 0 when it holds, 1 with the first bad record named.
func auditVerify(ctx context.Context, args []string, out io.Writer) error {
	place, args := takeFlag(args, "checkpoints")
	archive, args := takeFlag(args, "archive")
	c, _, err := load(args)
	if err != nil {
		return err
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	sink, signer := centre.audit.Keeper.Sink, centre.audit.Keeper.Signer
	if place != "" {
		if sink, err = audit.OpenSink(place); err != nil {
			return err
		}
	}
	checkpoints, err := sink.Load(ctx)
	if err != nil {
		return fmt.Errorf("read checkpoints: %w", err)
	}
	r, err := audit.VerifyAgainst(ctx, centre.kernel.DB, audit.Proof{Checkpoints: checkpoints, Signer: signer, Archive: archive})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(r); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	if !r.OK {
		return broken(r.Sentence())
	}
	fmt.Fprintln(os.Stderr, r.Sentence())
	return nil
}

// auditCheckpoint signs and ships whatever waits, for instance before work on the database.
func auditCheckpoint(ctx context.Context, args []string, out io.Writer) error {
	c, _, err := load(args)
	if err != nil {
		return err
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	taken, err := centre.audit.Keeper.Take(ctx, true)
	if err != nil {
		return err
	}
	shipped, err := centre.audit.Keeper.Ship(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]any{"taken": taken, "shipped": shipped, "place": centre.audit.Keeper.Sink.String()})
}

// auditArchive writes records older than some years into a file, whole checkpoints at a time; with --drop yes they then leave
// the table, which on PostgreSQL takes --database-owner.
func auditArchive(ctx context.Context, args []string, out io.Writer) error {
	to, args := takeFlag(args, "to")
	years, args := takeFlag(args, "years")
	drop, args := takeFlag(args, "drop")
	if years == "" {
		years = "3"
	}
	n, err := strconv.Atoi(years)
	if err != nil || to == "" || n < 0 || drop != "" && drop != "yes" {
		return errors.New("write: audit archive --to FOLDER [--years 3] [--drop yes]")
	}
	c, _, err := load(args)
	if err != nil {
		return err
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	ctx = auth.AsSystem(ctx, "audit archive")
	keeper := centre.audit.Keeper
	a, err := keeper.Archive(ctx, to, keeper.Clock.Now().AddDate(-n, 0, 0))
	if err != nil {
		return err
	}
	if drop == "yes" {
		if err := keeper.Drop(ctx, a); err != nil {
			return err
		}
	}
	return json.NewEncoder(out).Encode(a)
}

// auditReceive runs on another machine and keeps the checkpoints that a centre ships there. It needs no data folder.
func auditReceive(ctx context.Context, args []string, out io.Writer) error {
	listen, args := takeFlag(args, "listen")
	place, args := takeFlag(args, "checkpoints")
	folder, ok := strings.CutPrefix(place, "file://")
	if listen == "" || place == "" || len(args) > 0 || !ok && strings.Contains(place, "://") {
		return errors.New("write: audit receive --listen HOST:PORT --checkpoints FOLDER")
	}
	if !ok {
		folder = place
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: audit.Receiver(folder), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = srv.Shutdown(stop)
	}()
	if err := json.NewEncoder(out).Encode(map[string]any{"ready": true, "url": "http://" + ln.Addr().String() + "/"}); err != nil {
		return fmt.Errorf("print ready line: %w", err)
	}
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("receive checkpoints: %w", err)
	}
	return nil
}
