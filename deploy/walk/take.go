package walk

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"sync"
)

// Elder is a number of the county that does not exist, with its check digit (GB 11643), for somebody born in 1940. Each seq below 336,000 is another one.
func Elder(seq int) string {
	no := fmt.Sprintf("5107991940%02d%02d%03d", 1+seq/1000%12, 1+seq/12000%28, seq%1000)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(no[i]-'0')
	}
	return no + string("10X98765432"[sum%11])
}

var blank = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 200, 280))) // into memory: it cannot fail
	return b.Bytes()
})

// Begin begins a registration of the allowance for the old, as the counter's page does; it returns its address below /window.
func (c *Clerk) Begin(ctx context.Context, id string) (at string, err error) {
	var d struct{ ID string }
	err = c.Ask(ctx, http.MethodPost, "/window/registrations", map[string]any{
		"item": "glbt", "window": "B12", "phone": "13908162150",
		"applicant": map[string]string{"type": "resident", "name": "样例老人", "id_number": id, "sex": "male", "nation": "01", "birth": "1940-01-01", "address": "四川省绵阳市样例区通办路1号", "way": "idcard"},
	}, &d)
	return "/window/registrations/" + d.ID, err
}

// Take registers somebody, takes his papers and signature, fills in, hands in and accepts: what a counter does for one citizen. It
// returns the case number.
func (c *Clerk) Take(ctx context.Context, id string) (no string, err error) {
	at, err := c.Begin(ctx, id)
	if err != nil {
		return "", err
	}
	var d struct{ Revision int }
	for _, path := range []string{"/materials/hukou/pages", "/signatures/applicant"} {
		if err := c.Send(ctx, at+path, "image/png", blank(), &d); err != nil {
			return "", err
		}
	}
	err = c.Ask(ctx, http.MethodPut, at, map[string]any{
		"revision": d.Revision, "answers": map[string]string{"card": "social", "elsewhere": "none"},
		"form": map[string]any{"card_no": "6222020200112233446", "name": "样例老人", "id_number": id, "region": "510703001", "street": "通办路1号1栋", "phone": "13908162150"},
	}, &d)
	if err != nil {
		return "", err
	}
	var in struct {
		No   string `json:"case_no"`
		Case CaseHead
	}
	if err := c.Ask(ctx, http.MethodPost, at+"/submit", map[string]any{"revision": d.Revision}, &in); err != nil {
		return "", err
	}
	var done struct{ Case CaseHead }
	err = c.Ask(ctx, http.MethodPost, "/window/cases/"+in.No+"/accept", map[string]any{"version": in.Case.Version}, &done)
	return in.No, err
}
