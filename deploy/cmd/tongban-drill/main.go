// Command tongban-drill rehearses the loss of a centre and prints one JSON line (恢复演练): how long, and whether all is back.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"tongban/deploy/drill"
)

func main() {
	var o drill.Options
	flag.StringVar(&o.Bin, "bin", "bin", "folder of the programs")
	flag.StringVar(&o.Database, "database", "", "an empty PostgreSQL database that may be destroyed; SQLite when empty")
	flag.IntVar(&o.Cases, "cases", 20, "cases handed in before the backup")
	keep := flag.Bool("keep", false, "leave data and logs behind")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "drill:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o drill.Options, keep bool) (err error) {
	if o.Dir, err = os.MkdirTemp("", "tongban-drill-"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	result, err := drill.Run(ctx, o)
	line, jsonErr := json.Marshal(result)
	if jsonErr != nil {
		return jsonErr
	}
	fmt.Println(string(line))
	if err != nil {
		return fmt.Errorf("%w (logs in %s)", err, o.Dir)
	}
	if keep {
		return nil
	}
	return os.RemoveAll(o.Dir)
}
