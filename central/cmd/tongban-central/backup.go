package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/backup"
	"tongban/central/kernel/db"
)

// flagsOf takes flags that are a command's own out of args and leaves the rest to the configuration.
func flagsOf(args []string, mine map[string]*string) (rest []string, err error) {
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		to, ok := mine[name]
		if !ok {
			rest = append(rest, args[i])
			continue
		}
		if !joined {
			i++
			if i == len(args) {
				return nil, fmt.Errorf("%s needs a value", name)
			}
			value = args[i]
		}
		*to = value
	}
	return rest, nil
}

// passphraseEnv names the environment variable of the key file's passphrase; an argument could be read by every process.
const passphraseEnv = "TONGBAN_KEYS_PASSPHRASE" // #nosec G101 -- the name of an environment variable

func passphrase(file string) (string, error) {
	if file == "" {
		if p := os.Getenv(passphraseEnv); p != "" {
			return p, nil
		}
		return "", fmt.Errorf("give the passphrase of the key file: --passphrase-file FILE, or %s", passphraseEnv)
	}
	text, err := os.ReadFile(file) // #nosec G304 -- the person at the command line names the file
	if err != nil {
		return "", fmt.Errorf("read passphrase: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// backupCommand is `backup --to DIR [--keys FILE --passphrase-file FILE] [--keep N]`, `backup keys --keys FILE …` and
// `backup list --from DIR`. It works beside a running centre.
func backupCommand(ctx context.Context, args []string, out io.Writer) error {
	word := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		word, args = args[0], args[1:]
	}
	var to, from, keys, file string
	rest, err := flagsOf(args, map[string]*string{"--to": &to, "--from": &from, "--keys": &keys, "--passphrase-file": &file})
	if err != nil {
		return err
	}
	c, rest, err := load(rest)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("what is %q?", rest[0])
	}
	switch {
	case word == "list" && from != "":
		all, err := backup.List(from)
		if err != nil {
			return err
		}
		for _, m := range all {
			if err := json.NewEncoder(out).Encode(summary(m)); err != nil {
				return fmt.Errorf("print snapshot: %w", err)
			}
		}
		return nil
	case word == "keys" && keys != "":
		return sealKeys(c, keys, file)
	case word == "" && to != "":
	default:
		return errors.New("write: backup --to DIR [--keys FILE --passphrase-file FILE], backup keys --keys FILE --passphrase-file FILE, or backup list --from DIR")
	}
	if keys != "" { // before the long work: a short passphrase is no reason to do it twice
		if err := sealKeys(c, keys, file); err != nil {
			return err
		}
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	m, err := centre.running.Backup(auth.AsSystem(ctx, "backup"), to)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(summary(m))
}

func sealKeys(c Config, keys, file string) error {
	word, err := passphrase(file)
	if err != nil {
		return err
	}
	return backup.SealKeys(c.Data, keys, word)
}

// snapshotLine is what is printed of a snapshot.
type snapshotLine struct {
	Snapshot string       `json:"snapshot"`
	Engine   string       `json:"engine"`
	Tables   int          `json:"tables"`
	Rows     int64        `json:"rows"`
	Blobs    backup.Total `json:"blobs"`
	Audit    backup.Head  `json:"audit"`
	Key      string       `json:"key"`
}

func summary(m backup.Manifest) snapshotLine {
	return snapshotLine{Snapshot: m.ID, Engine: m.Engine, Tables: len(m.Tables), Rows: m.Rows(), Blobs: m.Blobs, Audit: m.Audit, Key: m.Key}
}

// sample is how many sealed values a restore opens.
const sample = 100

// restoreCommand is `restore --from DIR --to-data DIR --keys FILE [--snapshot ID] [--database DSN]`.
func restoreCommand(ctx context.Context, args []string, out io.Writer) error {
	t := backup.Target{}
	var file string
	rest, err := flagsOf(args, map[string]*string{
		"--from": &t.Repo, "--to-data": &t.Data, "--keys": &t.Keys, "--passphrase-file": &file, "--snapshot": &t.Snapshot, "--database": &t.DSN,
	})
	if err != nil {
		return err
	}
	if t.Repo == "" || t.Data == "" || t.Keys == "" {
		return errors.New("write: restore --from DIR --to-data DIR --keys FILE --passphrase-file FILE [--snapshot ID] [--database postgres://…]")
	}
	c, _, err := load(append(rest, "--data", t.Data))
	if err != nil {
		return err
	}
	if t.DSN != "" {
		c.Database = t.DSN
	} else if strings.HasPrefix(c.Database, "postgres") {
		t.DSN = c.Database
	}
	if t.Passphrase, err = passphrase(file); err != nil {
		return err
	}
	t.Prove = func(ctx context.Context, data string) (int, error) {
		there := c
		there.Data = data
		if t.DSN == "" {
			there.Database = "sqlite:" + data + "/tongban.db"
		}
		return prove(auth.AsSystem(ctx, "restore"), there)
	}
	done, err := backup.Restore(ctx, t)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(done)
}

// prove opens a restored centre as a start would, which brings its tables up to date and tries the keys on it, and opens a
// sample of what is sealed. The restore itself becomes an audit record.
func prove(ctx context.Context, c Config) (opened int, err error) {
	centre, err := open(ctx, c, false)
	if err != nil {
		return 0, err
	}
	defer centre.close(ctx)
	if opened, err = centre.sample(ctx, sample); err != nil {
		return opened, err
	}
	return opened, centre.kernel.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "running.restore", Object: "centre", Detail: map[string]string{"opened": fmt.Sprint(opened)}})
	})
}
