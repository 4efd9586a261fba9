package bench_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/deploy/sim/bench"
	"tongban/deploy/sim/simtest"
)

func panel(t *testing.T) (*simtest.Bench, string) {
	t.Helper()
	b := simtest.Start(t, simtest.IDCard)
	h, err := bench.Handler([]bench.Terminal{{Name: "K-01", Control: b.Control.URL, Screen: "http://127.0.0.1:9/"}})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return b, s.URL
}

func ask(t *testing.T, method, url, body string, head map[string]string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range head {
		if k == "Host" {
			req.Host = v
		}
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

func TestPanelForwardsToTheControlPort(t *testing.T) {
	b, url := panel(t)
	if code, body := ask(t, "GET", url+"/", "", nil); code != 200 || !strings.Contains(body, "仿真") {
		t.Errorf("page: %d", code)
	}
	if code, body := ask(t, "POST", url+"/t/K-01/card", `{"person":"zhang"}`, nil); code != 200 {
		t.Errorf("card: %d %s", code, body)
	}
	if st, err := b.Control.State(t.Context()); err != nil || st.Devices[0].Word != "卡在上面" {
		t.Errorf("state %+v %v", st, err)
	}
	if code, body := ask(t, "GET", url+"/terminals", "", nil); code != 200 || strings.Contains(body, "control") {
		t.Errorf("terminals: %d %s", code, body)
	}
}

func TestOnlyThisMachinesPagesGetIn(t *testing.T) {
	_, url := panel(t)
	cases := []struct {
		head map[string]string
		want int
	}{
		{map[string]string{"Host": "evil.example"}, 403},
		{map[string]string{"Origin": "https://evil.example"}, 403},
		{map[string]string{"Origin": "null"}, 403},
		{map[string]string{"Origin": "http://127.0.0.1:1"}, 200},
		{map[string]string{"Host": "localhost:80"}, 200},
	}
	for _, c := range cases {
		if code, _ := ask(t, "POST", url+"/t/K-01/card", `{"person":"none"}`, c.head); code != c.want {
			t.Errorf("%v: %d, want %d", c.head, code, c.want)
		}
	}
	if _, err := bench.Start("0.0.0.0:0", []bench.Terminal{{Name: "K"}}); err == nil {
		t.Error("listens for the whole network")
	}
}

func TestParseTerminal(t *testing.T) {
	good, err := bench.ParseTerminal("K-01=http://127.0.0.1:1,screen=http://127.0.0.1:2/?token=a")
	if err != nil || good.Name != "K-01" || good.Screen != "http://127.0.0.1:2/?token=a" {
		t.Errorf("%+v %v", good, err)
	}
	for _, s := range []string{"", "K-01", "=http://127.0.0.1:1", "K/1=http://127.0.0.1:1", "K-01=ftp://x", "K-01=", "K-01=http://127.0.0.1:1,screen=x"} {
		if _, err := bench.ParseTerminal(s); err == nil {
			t.Errorf("%q passes", s)
		}
	}
}
