package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// surfaces asks every place where a person's data is shown to somebody, and searches the answer itself: numbers, phones and
// bank accounts are masked everywhere, names and addresses in lists and on everything that a citizen or a public page sees.
func (s *scene) surfaces(ctx context.Context, t *testing.T, i int, no string) {
	t.Helper()
	p := s.people[i]
	numbers, everything := []string{"id_number", "phone", "bank"}, []string{"id_number", "phone", "bank", "name", "address", "street"}
	code := s.code(ctx, t, no)
	staff := func(path string) func() ([]byte, error) {
		return func() ([]byte, error) {
			var raw json.RawMessage
			err := s.clerk.Ask(ctx, http.MethodGet, path, nil, &raw)
			return raw, err
		}
	}
	page := func(path string) func() ([]byte, error) {
		return func() ([]byte, error) { return s.page(ctx, path) }
	}
	list := []struct {
		name string
		ask  func() ([]byte, error)
		not  []string
	}{
		{"list of cases", staff("/window/inbox?tab=all&size=200"), everything},
		{"list searched by number", staff("/window/inbox?tab=all&q=" + p.IDNumber), everything},
		{"list searched by phone", staff("/window/inbox?tab=all&q=" + p.Phone), everything},
		{"list searched by item", staff("/window/inbox?tab=all&item=glbt"), everything},
		{"list of what is open", staff("/window/inbox?tab=todo"), everything},
		{"list of what is closed", staff("/window/inbox?tab=closed"), everything},
		{"one case", staff("/window/cases/" + no), numbers},
		{"verification by code", page("/api/public/v1/window/documents/" + code), everything},
		{"verification page", page("/v/" + code), everything},
		{"refusal of a number as case", page("/api/public/v1/window/documents/" + url.PathEscape(p.IDNumber)), nil},
		{"the terminal's screen between visits", func() ([]byte, error) {
			st, err := s.citizen.State(ctx)
			if err != nil {
				return nil, err
			}
			return json.Marshal(st)
		}, everything},
		{"health and metrics", func() ([]byte, error) { return s.get(ctx, s.stack.Admin+"/metrics") }, everything},
	}
	for _, c := range list {
		b, err := c.ask()
		if err != nil && !strings.Contains(c.name, "refusal") {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		s.index.search(b, 1, func(n needle, _ int) {
			kind := strings.Fields(n.what)[1]
			if slices.Contains(c.not, kind) {
				t.Errorf("%s shows %s", c.name, n.what)
			}
		})
	}
	fmt.Printf("privacy: %d surfaces × %d kinds of data looked at\n", len(list), len(everything))
}

// code is the verification code of the first paper of a case.
func (s *scene) code(ctx context.Context, t *testing.T, no string) string {
	t.Helper()
	var full struct {
		Documents []struct {
			Code string `json:"verify_code"`
		} `json:"documents"`
	}
	if err := s.clerk.Ask(ctx, http.MethodGet, "/window/cases/"+no, nil, &full); err != nil || len(full.Documents) == 0 {
		t.Fatalf("papers of %s: %v", no, err)
	}
	return full.Documents[0].Code
}

func (s *scene) page(ctx context.Context, path string) ([]byte, error) {
	return s.get(ctx, s.stack.Web+path)
}

func (s *scene) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	return io.ReadAll(io.LimitReader(res.Body, 8<<20))
}
