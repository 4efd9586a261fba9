package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/backup"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

const (
	passphrase = "六个字也够长的口令 2026"
	plain      = "51079919900101001X"
	secretText = "restore drill 0017"
)

// scene puts something into every part of a centre.
func scene(t *testing.T, k *kerneltest.Kit, acts int) (sealed string, blob blobs.Digest) {
	t.Helper()
	sealed, err := k.Vault.Seal("test.id", plain)
	if err != nil {
		t.Fatal(err)
	}
	k.Exec(t, `CREATE TABLE test_person (id INTEGER PRIMARY KEY, sealed TEXT NOT NULL, note TEXT NOT NULL)`)
	k.Exec(t, `INSERT INTO test_person VALUES (1, $1, $2)`, sealed, secretText)
	for i := range acts {
		err := k.DB.Do(t.Context(), func(tx db.Tx) error {
			return audit.Write(t.Context(), tx, audit.Record{Action: "test.act", Object: fmt.Sprint(i)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	content := bytes.Repeat([]byte("scan"), 5000)
	blob = blobs.Of(content)
	if _, err := k.Blobs.Put(t.Context(), bytes.NewReader(content), blob); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(k.Config.Data, "notes.yaml"), []byte(secretText), 0o600); err != nil {
		t.Fatal(err)
	}
	return sealed, blob
}

func source(k *kerneltest.Kit) backup.Source {
	return backup.Source{Data: k.Config.Data, DSN: k.Config.Database, DB: k.DB, Blobs: k.Blobs, Clock: k.Clock, Program: "test"}
}

// elsewhere is an empty database of the same engine, as on another machine; "" for SQLite.
func elsewhere(t *testing.T, k *kerneltest.Kit) string {
	t.Helper()
	if k.DB.Dialect() != db.Postgres {
		return ""
	}
	schema, err := k.DB.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name := "restore_" + strings.ReplaceAll(ids.New(), "-", "")
	admin(t, k.Config.Database, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, k.Config.Database, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(k.Config.Database)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	admin(t, u.String(), "CREATE SCHEMA "+schema)
	return u.String()
}

func TestBackupAndRestore(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		sealed, blob := scene(t, k, 40)
		repo, keys := filepath.Join(t.TempDir(), "repo"), filepath.Join(t.TempDir(), "keys.sealed")

		stop := writeOn(t, k) // the centre is not asked to stand still
		m, err := backup.Make(t.Context(), source(k), repo)
		stop()
		if err != nil {
			t.Fatal(err)
		}
		if err := backup.SealKeys(k.Config.Data, keys, passphrase); err != nil {
			t.Fatal(err)
		}
		if m.Tables["test_person"] != 1 || m.Audit.Count < 40 || m.Blobs.Count != 1 {
			t.Errorf("manifest: %+v", m)
		}

		dsn, to := elsewhere(t, k), filepath.Join(t.TempDir(), "new", "centre")
		target := backup.Target{Repo: repo, Keys: keys, Passphrase: passphrase, Data: to, DSN: dsn, Prove: func(ctx context.Context, data string) (int, error) {
			return opened(ctx, t, data, dsn, sealed, blob), nil
		}}
		out, err := backup.Restore(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		if out.Rows != m.Rows() || out.Audit != m.Audit || out.Blobs != m.Blobs || out.Opened != 1 {
			t.Errorf("restored %+v of %+v", out, m)
		}
		if b, err := os.ReadFile(filepath.Join(to, "notes.yaml")); err != nil || string(b) != secretText {
			t.Errorf("notes: %q, %v", b, err)
		}
		for _, left := range []string{to + ".restoring", filepath.Join(to, "tmp-dump")} {
			if _, err := os.Stat(left); err == nil {
				t.Errorf("%s was left behind", left)
			}
		}
		if _, err := backup.Restore(t.Context(), target); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("a second restore over the first: %v", err)
		}
	})
}

// writeOn keeps writing until stop is called.
func writeOn(t *testing.T, k *kerneltest.Kit) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = k.DB.Do(ctx, func(tx db.Tx) error {
				return audit.Write(ctx, tx, audit.Record{Action: "test.more", Object: "1"})
			})
		}
	}()
	return func() { cancel(); <-done }
}

// opened opens the restored kernel as a start would, and the sealed value and the blob in it.
func opened(ctx context.Context, t *testing.T, data, dsn, sealed string, blob blobs.Digest) int {
	t.Helper()
	k, err := kernel.Open(ctx, kernel.Config{Data: data, Database: dsn}, clock.System(), obs.Discard())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = k.Stop(ctx) }()
	if got, err := k.Vault.Open("test.id", sealed); err != nil || got != plain {
		t.Errorf("sealed value: %q, %v", got, err)
	}
	if ok, err := k.Blobs.Has(ctx, blob); err != nil || !ok {
		t.Errorf("blob: %v, %v", ok, err)
	}
	return 1
}

// Whoever has the repository alone has nothing; whoever changes it is found out; and no failed restore leaves anything.
func TestWithoutTheKeysThereIsNothing(t *testing.T) {
	k := kerneltest.New(t)
	scene(t, k, 5)
	dir := t.TempDir()
	repo, keys := filepath.Join(dir, "repo"), filepath.Join(dir, "keys.sealed")
	m, err := backup.Make(t.Context(), source(k), repo)
	if err != nil {
		t.Fatal(err)
	}
	if err := backup.SealKeys(k.Config.Data, keys, passphrase); err != nil {
		t.Fatal(err)
	}
	if err := backup.SealKeys(k.Config.Data, filepath.Join(dir, "x"), "kurz"); err == nil {
		t.Error("a short passphrase is taken")
	}
	vaultKeys, err := os.ReadFile(k.Config.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	everywhere(t, dir, func(path string, b []byte) {
		for _, clear := range [][]byte{[]byte(plain), []byte(secretText), []byte("SQLite format"), []byte("kernel_audit (") /* DDL */, vaultKeys[10:60]} {
			if bytes.Contains(b, clear) {
				t.Errorf("%s holds %q in clear", path, clear)
			}
		}
	})

	part := filepath.Join(repo, "snapshots", m.ID)
	other := kerneltest.New(t)
	otherKeys := filepath.Join(t.TempDir(), "keys.sealed")
	if err := backup.SealKeys(other.Config.Data, otherKeys, passphrase); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		keys, pass string
		harm       func(t *testing.T) (mend func())
	}{
		"no key file":         {keys: filepath.Join(dir, "nowhere"), pass: passphrase},
		"wrong passphrase":    {keys: keys, pass: passphrase + "?"},
		"keys of another":     {keys: otherKeys, pass: passphrase},
		"changed database":    {keys: keys, pass: passphrase, harm: flip(filepath.Join(part, "database.bin"), 2000)},
		"cut database":        {keys: keys, pass: passphrase, harm: cut(filepath.Join(part, "database.bin"))},
		"changed files":       {keys: keys, pass: passphrase, harm: flip(filepath.Join(part, "files.bin"), 60)},
		"changed manifest":    {keys: keys, pass: passphrase, harm: swap(filepath.Join(part, "manifest.json"), `"test_person": 1`, `"test_person": 2`)},
		"changed blob list":   {keys: keys, pass: passphrase, harm: flip(filepath.Join(part, "blobs.txt"), 20)},
		"changed key file":    {keys: keys, pass: passphrase, harm: swap(keys, `"passes": 3`, `"passes": 4`)},
		"blob lost on medium": {keys: keys, pass: passphrase, harm: lose(t, filepath.Join(repo, "blobs", "sha256"))},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.harm != nil {
				defer c.harm(t)()
			}
			to := filepath.Join(t.TempDir(), "centre")
			_, err := backup.Restore(t.Context(), backup.Target{Repo: repo, Keys: c.keys, Passphrase: c.pass, Data: to})
			if err == nil {
				t.Error("it was restored")
			}
			entries, _ := os.ReadDir(filepath.Dir(to))
			if len(entries) != 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
	if _, err := backup.Restore(t.Context(), backup.Target{Repo: repo, Keys: keys, Passphrase: passphrase, Data: filepath.Join(t.TempDir(), "c")}); err != nil {
		t.Errorf("and unharmed: %v", err)
	}
}

func TestBlobsLieOnceAndGoWithTheLastSnapshot(t *testing.T) {
	k := kerneltest.New(t)
	_, first := scene(t, k, 1)
	repo := filepath.Join(t.TempDir(), "repo")
	make := func() backup.Manifest {
		m, err := backup.Make(t.Context(), source(k), repo)
		if err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(time.Hour)
		return m
	}
	make()
	h := first.Hex()
	if err := os.Remove(filepath.Join(k.Config.Data, "blobs", "sha256", h[:2], h)); err != nil {
		t.Fatal(err)
	}
	make()
	last := make()
	inRepo := filepath.Join(repo, "blobs", "sha256", h[:2], h)
	if n, err := backup.Keep(t.Context(), repo, 3, k.Clock.Now()); n != 0 || err != nil {
		t.Errorf("kept three of three: %d, %v", n, err)
	}
	if _, err := os.Stat(inRepo); err != nil {
		t.Error("a blob of a kept snapshot went")
	}
	half := filepath.Join(repo, "snapshots", "20200101T000000Z-killed")
	if err := os.Mkdir(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(half, time.Time{}, k.Clock.Now().Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n, err := backup.Keep(t.Context(), repo, 1, k.Clock.Now()); n != 2 || err != nil {
		t.Errorf("kept one of three: %d, %v", n, err)
	}
	for _, gone := range []string{inRepo, half} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
	if all, err := backup.List(repo); err != nil || len(all) != 1 || all[0].ID != last.ID {
		t.Errorf("left: %+v, %v", all, err)
	}
}

func TestADamagedListTakesNoBlobsAway(t *testing.T) {
	k := kerneltest.New(t)
	_, first := scene(t, k, 1)
	repo := filepath.Join(t.TempDir(), "repo")
	var kept string
	for range 2 {
		m, err := backup.Make(t.Context(), source(k), repo)
		if err != nil {
			t.Fatal(err)
		}
		kept = m.ID
		k.Clock.Advance(time.Hour)
	}
	if err := os.Truncate(filepath.Join(repo, "snapshots", kept, "blobs.txt"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Keep(t.Context(), repo, 1, k.Clock.Now()); err == nil {
		t.Error("a list that was cut off was believed")
	}
	h := first.Hex()
	if _, err := os.Stat(filepath.Join(repo, "blobs", "sha256", h[:2], h)); err != nil {
		t.Error("a blob of the kept snapshot went")
	}
}

func admin(t *testing.T, dsn, statement string) {
	t.Helper()
	kerneltest.Outside(t, dsn, statement)
}

func everywhere(t *testing.T, dir string, look func(path string, b []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		look(p, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func change(t *testing.T, path string, f func([]byte) []byte) (mend func()) {
	t.Helper()
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f(bytes.Clone(was)), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.WriteFile(path, was, 0o600) }
}

func flip(path string, at int) func(*testing.T) func() {
	return func(t *testing.T) func() {
		return change(t, path, func(b []byte) []byte { b[min(at, len(b)-1)] ^= 1; return b })
	}
}

func cut(path string) func(*testing.T) func() {
	return func(t *testing.T) func() {
		return change(t, path, func(b []byte) []byte { return b[:len(b)-17] })
	}
}

func swap(path, old, with string) func(*testing.T) func() {
	return func(t *testing.T) func() {
		return change(t, path, func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("%s lacks %q", path, old)
			}
			return bytes.Replace(b, []byte(old), []byte(with), 1)
		})
	}
}

// lose makes the medium forget what it holds.
func lose(t *testing.T, dir string) func(*testing.T) func() {
	t.Helper()
	return func(t *testing.T) func() {
		if err := os.Rename(dir, dir+".gone"); err != nil {
			t.Fatal(err)
		}
		return func() { _ = os.RemoveAll(dir); _ = os.Rename(dir+".gone", dir) }
	}
}
