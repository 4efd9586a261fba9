package kernel_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

// The test binary is its own victim: with this variable set it works until it
// is killed, telling on stdout what it was told is done.
const victim = "TONGBAN_TEST_VICTIM"

func TestMain(m *testing.M) {
	switch what, args, _ := strings.Cut(os.Getenv(victim), " "); what {
	case "acts":
		die(acting(args))
	case "upload":
		die(uploading(args))
	default:
		os.Exit(m.Run())
	}
}

func die(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// acting accepts cases until it is killed.
func acting(args string) error {
	data, dsn, _ := strings.Cut(args, " ")
	ctx := auth.AsSystem(context.Background(), "victim")
	k, err := kernel.Open(ctx, kernel.Config{Data: data, Database: dsn}, clock.System(), obs.Discard())
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		id := fmt.Sprintf("%d-%d", os.Getpid(), n)
		if err := accept(ctx, k, id, nil); err != nil {
			return err
		}
		fmt.Println(id)
	}
}

// uploading appends to a blob in odd pieces until it is killed.
func uploading(root string) error {
	s, err := blobs.OpenStore(root, blobs.Options{})
	if err != nil {
		return err
	}
	ctx, b := context.Background(), upload()
	for {
		off, err := s.Offset(ctx, blobs.Of(b))
		if err != nil {
			return err
		}
		if off == int64(len(b)) {
			return fmt.Errorf("done before it was killed")
		}
		if off, err = s.Append(ctx, blobs.Of(b), off, bytes.NewReader(b[off:min(off+1+rand.Int64N(5000), int64(len(b)))])); err != nil {
			return err
		}
		fmt.Println(off)
	}
}

func upload() []byte {
	b := make([]byte, 8<<20)
	r := rand.New(rand.NewPCG(7, 7))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// killed runs a victim, kills it after it told n things, and returns them.
func killed(t *testing.T, what string, n int) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+what)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var told []string
	lines := bufio.NewScanner(out)
	for len(told) < n && lines.Scan() {
		told = append(told, lines.Text())
	}
	_ = cmd.Process.Kill() // SIGKILL: nothing is tidied up
	for lines.Scan() {
		told = append(told, lines.Text())
	}
	_ = cmd.Wait()
	if len(told) < n {
		t.Fatalf("the victim told %d of %d: %s", len(told), n, complaint.String())
	}
	return told
}

// Killed anywhere, the centre keeps every act that it acknowledged, and of the
// one it was at either everything or nothing. Two copies are at it at once.
func TestKilledInTheMiddle(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Migrate(t, caseTables())
		total := 0
		for round := range 5 {
			what := "acts " + k.Config.Data + " " + k.Config.Database
			done := make(chan struct{})
			go func() { // the neighbour, who must not suffer
				defer close(done)
				for n := range 20 {
					if err := accept(auth.AsSystem(context.Background(), "neighbour"), k.Kernel, fmt.Sprintf("n-%d-%d", round, n), nil); err != nil {
						t.Error(err)
					}
				}
			}()
			told := killed(t, what, 10+rand.IntN(40))
			<-done
			total += len(told) + 20
			for _, id := range told {
				if k.Count(t, `SELECT count(*) FROM probe_case WHERE id = $1`, id) != 1 {
					t.Errorf("case %s was acknowledged and is lost", id)
				}
			}
			c := count(t, k)
			if c.Cases != c.Audit || c.Cases != c.Events || c.Cases != c.Jobs {
				t.Fatalf("half an act is kept: %+v", c)
			}
			if int(c.Cases) < total || int(c.Cases) > total+round+1 {
				t.Errorf("%d cases, %d acknowledged", c.Cases, total)
			}
		}
		if err := k.DB.Do(t.Context(), func(db.Tx) error { return nil }); err != nil {
			t.Errorf("writing afterwards: %v", err)
		}
	})
}

// Killed anywhere, an upload goes on from at least what was acknowledged.
func TestUploadKilledInTheMiddle(t *testing.T) {
	root := t.TempDir()
	for range 4 {
		told := killed(t, "upload "+root, 5+rand.IntN(60))
		s, err := blobs.OpenStore(root, blobs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := strconv.ParseInt(told[len(told)-1], 10, 64)
		if off, err := s.Offset(t.Context(), blobs.Of(upload())); err != nil || off < want {
			t.Fatalf("%d bytes are here, %d were acknowledged; %v", off, want, err)
		}
	}
	s, _ := blobs.OpenStore(root, blobs.Options{})
	b := upload()
	off, _ := s.Offset(t.Context(), blobs.Of(b))
	if _, err := s.Append(t.Context(), blobs.Of(b), off, bytes.NewReader(b[off:])); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(t.Context(), blobs.Of(b)); err != nil {
		t.Fatal(err)
	}
}
