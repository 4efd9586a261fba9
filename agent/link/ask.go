package link

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tongban/fleet/wire"
)

// askLimit is how long a citizen waits for the centre's answer before the terminal answers by itself.
const askLimit = 4 * time.Second

// Centre asks the centre's terminal side over HTTPS.
type Centre struct {
	Base string
	HTTP *http.Client
}

// Progress asks how cases stand.
func (c *Centre) Progress(ctx context.Context, q wire.ProgressQuery) (wire.ProgressAnswer, error) {
	var out wire.ProgressAnswer
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	body, err := json.Marshal(q)
	if err != nil {
		return out, fmt.Errorf("encode query: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.Base, "/")+wire.PathProgress, bytes.NewReader(body))
	if err != nil {
		return out, fmt.Errorf("make query: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", rand.Text())
	res, err := c.HTTP.Do(req)
	if err != nil {
		return out, fmt.Errorf("ask progress: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // read whole
	text, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err != nil {
		return out, fmt.Errorf("read progress: %w", err)
	}
	if res.StatusCode == http.StatusNotFound {
		return out, nil
	}
	if res.StatusCode != http.StatusOK {
		return out, fmt.Errorf("ask progress: %s", res.Status)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return out, fmt.Errorf("decode progress: %w", err)
	}
	return out, nil
}
