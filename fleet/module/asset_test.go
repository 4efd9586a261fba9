package module

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/fleet"
	"tongban/fleet/internal/simterm"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// office is a fleet administrator.
func office(t *testing.T) context.Context { return auth.AsSystem(t.Context(), "a test") }

// record is a signed one with a picture; the cabinet is as high as high says.
func (c *centre) record(t *testing.T, revision int, high float64, photo wire.File) wire.Installation {
	t.Helper()
	box, err := wire.Close(c.keys.Centre.PublicKey(), photo.Digest, photo.Key)
	if err != nil {
		t.Fatal(err)
	}
	state := wire.PointOK
	if high > 2000 {
		state = wire.PointFailed
	}
	return wire.Installation{
		Record: "0193-record", Revision: revision, Pass: 7, PassAt: time.Now().Truncate(time.Minute), Begun: time.Now(), At: time.Now(), Version: "test", Model: "kiosk-21", List: 1,
		Points: []wire.InstallPoint{
			{ID: "cabinet-height", Part: "机柜", Title: "机柜高", Answer: "number", State: state, Value: &high, Unit: "mm", Want: "≤ 2000 mm", Fail: "退换"},
			{ID: "power-cable", Part: "供电", Title: "电源线固定", Answer: "confirm", State: wire.PointOK, Photos: []wire.InstallPhoto{{Digest: photo.Digest, Size: photo.Size, MIME: photo.MIME, Key: box, Source: "file", At: time.Now()}}},
			{ID: "place-cctv", Part: "外设", Title: "监控仪装牢", Answer: "confirm", State: wire.PointAbsent, Device: "cctv"},
		},
		Devices: []wire.InstallDevice{{Kind: "idcard", Name: "身份证阅读器", Profile: "ga450", Serial: "SN-1", Fitted: true}},
	}
}

func (c *centre) send(t *testing.T, term *simterm.Terminal, in wire.Installation) (*wire.Envelope, wire.Receipt) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	env, err := term.Seal(wire.LaneReport, wire.KindInstallation, body)
	if err != nil {
		t.Fatal(err)
	}
	out, err := term.Deliver(t.Context(), env, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return env, out.Receipt
}

// putOff sends what the centre cannot take yet, and returns its last answer.
func (c *centre) putOff(t *testing.T, term *simterm.Terminal, in wire.Installation) wire.Receipt {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	env, err := term.Seal(wire.LaneReport, wire.KindInstallation, body)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 { // the terminal goes on asking; the test gives it up after the first answer
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		out, err := term.Deliver(ctx, env, time.Second)
		cancel()
		if err == nil || out.Retries > 0 {
			return out.Receipt
		}
	}
	t.Fatal("no answer")
	return wire.Receipt{}
}

// A record comes once, waits for its pictures, shows what failed, and can be taken over only when nothing did; measures stand in the
// machine's record (HW-K13.1) with technician, date and pictures of cabling and power (HW-D5.1).
func TestInstallationComesHome(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	if a, err := c.assets.Get(office(t), "K-01"); err != nil || a.Standing != fleet.StandingNone || len(a.Records) != 0 {
		t.Fatalf("before: %+v, %v", a, err)
	}
	picture := []byte("\xff\xd8\xff a picture of a cable")
	missing := wire.File{Digest: digestOf([]byte("elsewhere")), Size: 3, MIME: "image/jpeg", Key: make([]byte, 32)}
	if r := c.putOff(t, term, c.record(t, 1, 1990, missing)); r.Status != wire.Retry || r.Code != wire.CodeMissingFile {
		t.Errorf("without its picture: %+v", r)
	}
	photo, err := term.Upload(t.Context(), picture, "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	env, r := c.send(t, term, c.record(t, 1, 2010, photo))
	if r.Status != wire.Accepted {
		t.Fatalf("first: %+v", r)
	}
	if out, err := term.Deliver(t.Context(), env, 5*time.Second); err != nil || out.Receipt.Status != wire.Duplicate {
		t.Errorf("again: %+v, %v", out.Receipt, err)
	}
	a, err := c.assets.Get(office(t), "K-01")
	if err != nil || a.Standing != fleet.StandingFailed || len(a.Records) != 1 || a.Records[0].Pass != 7 || a.Devices[0].Serial != "SN-1" {
		t.Fatalf("after: %+v, %v", a, err)
	}
	if p := a.Records[0].Points[0]; p.Value == nil || *p.Value != 2010 || p.State != wire.PointFailed || p.Want != "≤ 2000 mm" {
		t.Errorf("the measure: %+v", p)
	}
	if key := a.Records[0].Points[1].Photos[0].Key; key.Text != nil {
		t.Error("the picture's key stands in the record")
	}
	if mime, got, err := c.assets.Picture(office(t), "K-01", photo.Digest); err != nil || mime != "image/jpeg" || !bytes.Equal(got, picture) {
		t.Errorf("the picture: %s, %d bytes, %v", mime, len(got), err)
	}
	if _, _, err := c.assets.Picture(office(t), "K-02", photo.Digest); errs.CodeOf(err) != "fleet.no_picture" {
		t.Errorf("of another terminal: %v", err)
	}
	if err := c.assets.TakeOver(office(t), "K-01", env.ID, "样例安装队 李工", ""); !errors.Is(err, fleet.ErrNotReady) {
		t.Errorf("taken over with a failed point: %v", err)
	}

	next, r := c.send(t, term, c.record(t, 2, 1990, photo))
	if r.Status != wire.Accepted {
		t.Fatalf("second: %+v", r)
	}
	for what, x := range map[string]struct {
		record, who string
		want        string
	}{"an old record": {env.ID, "李工", "fleet.newer_record"}, "nobody": {next.ID, " ", "fleet.no_technician"}} {
		if err := c.assets.TakeOver(office(t), "K-01", x.record, x.who, ""); errs.CodeOf(err) != x.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	for range 2 { // pressed twice
		if err := c.assets.TakeOver(office(t), "K-01", next.ID, "样例安装队 李工", "监控仪下周装"); err != nil {
			t.Fatal(err)
		}
	}
	if a, err = c.assets.Get(office(t), "K-01"); err != nil || a.Standing != fleet.StandingAccepted || a.Acceptance == nil || a.Acceptance.Technician.Reveal() != "样例安装队 李工" || len(a.Records) != 2 {
		t.Errorf("taken over: %+v, %v", a.Acceptance, err)
	}
	if n := c.kit.Count(t, `SELECT count(*) FROM fleet_acceptance WHERE technician_sealed LIKE '%李工%'`); n != 0 {
		t.Error("the technician's name lies in the clear")
	}
	for what, want := range map[string]int64{"fleet.install": 2, "fleet.take_over": 1} {
		if n := c.kit.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = $1`, what); n != want {
			t.Errorf("%d records of %s, want %d", n, what, want)
		}
	}
	// A new record after a move is not taken over by the old word.
	if _, r := c.send(t, term, c.record(t, 3, 1990, photo)); r.Status != wire.Accepted {
		t.Fatalf("third: %+v", r)
	}
	if a, err = c.assets.Get(office(t), "K-01"); err != nil || a.Standing != fleet.StandingReady {
		t.Errorf("after a new record: %s, %v", a.Standing, err)
	}
}

func TestInstallationIsRefused(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	photo, err := term.Upload(t.Context(), []byte("\xff\xd8\xff x"), "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*wire.Installation){
		"no points":     func(i *wire.Installation) { i.Points = nil },
		"an open point": func(i *wire.Installation) { i.Points[0].State = "" },
		"no record":     func(i *wire.Installation) { i.Record = "" },
		"a wrong key":   func(i *wire.Installation) { i.Points[1].Photos[0].Key.Nonce[0] ^= 1 },
		"a bad digest":  func(i *wire.Installation) { i.Points[1].Photos[0].Digest = "../../etc/passwd" },
	} {
		in := c.record(t, 1, 1990, photo)
		spoil(&in)
		if _, r := c.send(t, term, in); r.Status != wire.Refused {
			t.Errorf("%s: %+v", what, r)
		}
	}
	if n := c.kit.Count(t, `SELECT count(*) FROM fleet_installation`) + c.kit.Count(t, `SELECT count(*) FROM fleet_installation_photo`); n != 0 {
		t.Errorf("%d rows of refused records", n)
	}
}

// Papers of a machine are kept encrypted and come back whole; the printer's certificate is one (HW-K6.5).
func TestPapersOfAMachine(t *testing.T) {
	c := newCentre(t, nil)
	c.code(t, "K-01")
	pdf := []byte("%PDF-1.4\n% a certificate\n%%EOF")
	f, err := c.assets.Attach(office(t), "K-01", "laser", "节能产品认证证书", pdf)
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.assets.Get(office(t), "K-01")
	if err != nil || len(a.Files) != 1 || a.Files[0].Device != "laser" || a.Files[0].MIME != "application/pdf" {
		t.Errorf("listed: %+v, %v", a.Files, err)
	}
	if got, content, err := c.assets.File(office(t), "K-01", f.ID); err != nil || got.Title != "节能产品认证证书" || !bytes.Equal(content, pdf) {
		t.Errorf("opened: %+v, %v", got, err)
	}
	for what, x := range map[string]struct {
		terminal, title string
		content         []byte
		want            string
	}{
		"a page":         {"K-01", "网页", []byte("<html><script>1</script>"), "fleet.asset_file"},
		"nothing":        {"K-01", "空的", nil, "fleet.asset_file"},
		"no title":       {"K-01", " ", pdf, "fleet.asset_title"},
		"of no terminal": {"K-77", "证书", pdf, "fleet.no_such_terminal"},
	} {
		if _, err := c.assets.Attach(office(t), x.terminal, "", x.title, x.content); errs.CodeOf(err) != x.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := c.assets.Detach(office(t), "K-01", f.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.assets.File(office(t), "K-01", f.ID); errs.CodeOf(err) != "fleet.no_asset_file" {
		t.Errorf("after removal: %v", err)
	}
	if err := c.assets.Detach(office(t), "K-01", f.ID); errs.CodeOf(err) != "fleet.no_asset_file" {
		t.Errorf("removed twice: %v", err)
	}
}

func TestAssetRecord(t *testing.T) {
	c := newCentre(t, nil)
	c.code(t, "K-01")
	row := store.AssetRow{Terminal: "K-01", SerialNo: "TB21-0001", Maker: "样例厂", ArrivedOn: "2026-11-20", WarrantyUntil: "2028-11-20"}
	if err := c.assets.Write(office(t), row); err != nil {
		t.Fatal(err)
	}
	a, err := c.assets.Get(office(t), "K-01")
	if err != nil || a.SerialNo != "TB21-0001" || a.Version != 1 {
		t.Fatalf("written: %+v, %v", a, err)
	}
	if err := c.assets.Write(office(t), row); errs.CodeOf(err) != "fleet.asset_changed" {
		t.Errorf("an old page: %v", err)
	}
	row.Version, row.WarrantyUntil = 1, "2026-01-01"
	if err := c.assets.Write(office(t), row); errs.CodeOf(err) != "fleet.asset_date" {
		t.Errorf("ends before it begins: %v", err)
	}
	row.WarrantyUntil = "2029-11-20"
	if err := c.assets.Write(office(t), row); err != nil {
		t.Error(err)
	}
}

// The register holds the 20 kiosks and 30 desktop terminals of the contract, each with the device set of its model, and registering
// the list again changes nothing (HW-K0.1, HW-D0.1).
func TestRegisterOfTwentyAndThirty(t *testing.T) {
	kiosk := []fleet.AssetDevice{{Kind: "idcard", Name: "身份证阅读器", Profile: "ga450"}, {Kind: "laser", Name: "激光打印机", Profile: "ipp-a4-colour"}}
	desk := []fleet.AssetDevice{{Kind: "idcard", Name: "身份证阅读器", Profile: "ga450"}}
	c := newCentre(t, func(cfg *Config) { cfg.Models = map[string][]fleet.AssetDevice{"kiosk-21": kiosk, "desk-15": desk} })
	c.code(t, "K-01") // known before
	var list []EnrolSpec
	for i := range 50 {
		s := EnrolSpec{Code: fmt.Sprintf("K-%02d", i+1), Model: "kiosk-21", Number: i + 1, Place: "待定点位"}
		if i >= 20 {
			s.Code, s.Model = fmt.Sprintf("D-%02d", i-19), "desk-15"
		}
		list = append(list, s)
	}
	for i, want := range []int{49, 0} {
		if n, err := c.Register(office(t), list); err != nil || n != want {
			t.Errorf("time %d: %d, %v", i, n, err)
		}
	}
	all, err := c.assets.List(office(t))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, a := range all {
		count[fmt.Sprintf("%s/%d/%s", a.Model, len(a.Devices), a.Standing)]++
	}
	if count["kiosk-21/2/none"] != 20 || count["desk-15/1/none"] != 30 || len(count) != 2 {
		t.Errorf("the register: %v", count)
	}
	if a, err := c.assets.Get(office(t), "K-01"); err != nil || a.Place != "涪城区政务服务中心" {
		t.Errorf("a known one was changed: %+v, %v", a.Place, err)
	}
	if _, err := c.Register(office(t), []EnrolSpec{{Code: "kiosk one", Model: "kiosk-21"}}); errs.CodeOf(err) != "fleet.bad_terminal" {
		t.Errorf("a bad code: %v", err)
	}
}
