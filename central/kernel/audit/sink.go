package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sink is where checkpoints are kept away from the database (外送处). Shipping
// the same checkpoint twice is no error; shipping another one under a number
// that is taken is.
type Sink interface {
	Ship(ctx context.Context, c Checkpoint) error
	// Load returns everything that was shipped, in order.
	Load(ctx context.Context) ([]Checkpoint, error)
	// String names the place, without any password.
	String() string
}

// errTaken means that the sink holds another checkpoint of this number, or a
// later one: two centres ship to one place, or the database was set back.
var errTaken = errors.New("the place holds another checkpoint of this number; a database restored from a backup needs a new place")

// OpenSink opens a place: file:///folder, http://… or https://…, or a plain
// path of a folder or of a file.
func OpenSink(place string) (Sink, error) {
	u, err := url.Parse(place)
	if err != nil {
		return nil, errors.New("audit: the place of checkpoints is no URL") // the error would quote a password
	}
	switch u.Scheme {
	case "http", "https":
		return openWeb(u)
	case "file":
		return fileSink{fileOf(u.Path)}, nil
	case "":
		return fileSink{fileOf(place)}, nil
	}
	return nil, fmt.Errorf("audit: checkpoints cannot be shipped to %q; write file://…, http://… or https://…", u.Scheme)
}

// fileOf is the file in a folder; a path that ends in .jsonl is the file itself.
func fileOf(path string) string {
	if strings.HasSuffix(path, ".jsonl") {
		return path
	}
	return filepath.Join(path, "checkpoints.jsonl")
}

// fileSink is a file that only grows, one checkpoint a line.
type fileSink struct{ path string }

func (f fileSink) String() string { return "file://" + f.path }

func (f fileSink) Ship(_ context.Context, c Checkpoint) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open checkpoints: %w", err)
	}
	defer func() { _ = file.Close() }()
	last, torn, err := lastLine(file)
	if err != nil {
		return err
	}
	if last.N == c.N && last.Digest() == c.Digest() {
		return nil
	}
	if last.N != c.N-1 {
		return fmt.Errorf("%w (has %d, gets %d)", errTaken, last.N, c.N)
	}
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	if torn { // the power failed in the middle of a line: it is closed and said again
		line = append([]byte{'\n'}, line...)
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("append checkpoint: %w", err)
	}
	return file.Sync()
}

// lastLine reads the last whole checkpoint of the file; torn says that the file
// does not end with a line's end.
func lastLine(file *os.File) (last Checkpoint, torn bool, err error) {
	const most = 256 << 10 // a line is at most some 12 KiB
	info, err := file.Stat()
	if err != nil {
		return last, false, fmt.Errorf("look at checkpoints: %w", err)
	}
	from := max(0, info.Size()-most)
	tail := make([]byte, info.Size()-from)
	if _, err := file.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return last, false, fmt.Errorf("read checkpoints: %w", err)
	}
	torn = len(tail) > 0 && tail[len(tail)-1] != '\n'
	lines := bytes.Split(tail, []byte{'\n'})
	if torn {
		lines = lines[:len(lines)-1]
	}
	for _, line := range slices.Backward(lines) {
		var c Checkpoint
		if json.Unmarshal(line, &c) == nil && c.N > 0 {
			return c, torn, nil
		}
	}
	return last, torn, nil
}

// last is the number of the last checkpoint in the file; 0 without one.
func (f fileSink) last() (int64, error) {
	file, err := os.Open(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("open checkpoints: %w", err)
	}
	defer func() { _ = file.Close() }()
	c, _, err := lastLine(file)
	return c.N, err
}

func (f fileSink) Load(context.Context) ([]Checkpoint, error) {
	file, err := os.Open(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open checkpoints: %w", err)
	}
	defer func() { _ = file.Close() }()
	return readLines(file)
}

// readLines decodes one checkpoint a line. A line that is none is passed over:
// a torn one was said again, and a missing one shows in the numbers.
func readLines(r io.Reader) ([]Checkpoint, error) {
	var out []Checkpoint
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c Checkpoint
		if json.Unmarshal(lines.Bytes(), &c) == nil && c.N > 0 {
			out = append(out, c)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	return out, nil
}
