package wire

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// An order moves the one terminal it was made for, for half a minute, and no field of it can be changed on the way.
func TestRemoteOrder(t *testing.T) {
	key, other := []byte("0123456789abcdef0123456789abcdef"), []byte("another key of another terminal.")
	at := time.Date(2026, 11, 28, 9, 30, 0, 123456789, time.UTC)
	good := RemoteOrder{ID: "01935a6e-0000-7000-8000-000000000001", Terminal: "K-01", Task: RemoteExternal, At: at}
	good.Prove(key)
	raw := func(change func(*RemoteOrder)) []byte {
		o := good
		change(&o)
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	same := raw(func(*RemoteOrder) {})
	got, err := ReadOrder(key, "K-01", same, at.Add(5*time.Second))
	if err != nil || got.ID != good.ID || got.Task != RemoteExternal || !got.At.Equal(at.Truncate(time.Millisecond)) {
		t.Fatalf("a good order: %+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		raw      []byte
		key      []byte
		terminal string
		now      time.Time
		want     error
	}{
		"another key":        {same, other, "K-01", at, ErrOrder},
		"another terminal":   {same, key, "K-02", at, ErrOrder},
		"renamed":            {raw(func(o *RemoteOrder) { o.Terminal = "K-02" }), key, "K-02", at, ErrOrder},
		"another task":       {raw(func(o *RemoteOrder) { o.Task = RemoteLook }), key, "K-01", at, ErrOrder},
		"made younger":       {raw(func(o *RemoteOrder) { o.At = at.Add(time.Hour) }), key, "K-01", at.Add(time.Hour), ErrOrder},
		"another id":         {raw(func(o *RemoteOrder) { o.ID = "01935a6e-0000-7000-8000-000000000002" }), key, "K-01", at, ErrOrder},
		"no proof":           {raw(func(o *RemoteOrder) { o.Proof = nil }), key, "K-01", at, ErrOrder},
		"an hour later":      {same, key, "K-01", at.Add(time.Hour), ErrOrderLate},
		"a clock far behind": {same, key, "K-01", at.Add(-time.Hour), ErrOrderLate},
	} {
		if _, err := ReadOrder(c.key, c.terminal, c.raw, c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	strange := good
	strange.Task = "format"
	strange.Prove(key)
	if _, err := ReadOrder(key, "K-01", func() []byte { b, _ := json.Marshal(strange); return b }(), at); !errors.Is(err, ErrOrder) {
		t.Errorf("a task that nobody knows: %v", err)
	}
}

func FuzzReadOrder(f *testing.F) {
	key := []byte("0123456789abcdef0123456789abcdef")
	o := RemoteOrder{ID: "01935a6e-0000-7000-8000-000000000001", Terminal: "K-01", Task: RemoteLook, At: time.Date(2026, 11, 28, 9, 30, 0, 0, time.UTC)}
	o.Proof = []byte("x")
	text, err := json.Marshal(o)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, err := ReadOrder(key, "K-01", raw, o.At); err == nil {
			t.Errorf("%q is taken for an order: %+v", raw, got)
		}
	})
}
