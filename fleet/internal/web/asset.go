package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/fleet"
	"tongban/fleet/internal/assets"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// assetRow is one machine in the list.
type assetRow struct {
	Terminal      string         `json:"terminal"`
	Model         string         `json:"model"`
	Place         string         `json:"place"`
	Label         string         `json:"label"`
	State         fleet.State    `json:"state"`
	Standing      fleet.Standing `json:"standing" enum:"none,failed,ready,accepted" doc:"验收到哪一步"`
	SerialNo      string         `json:"serial_no"`
	ArrivedOn     string         `json:"arrived_on"`
	WarrantyUntil string         `json:"warranty_until"`
	Devices       int            `json:"devices" doc:"机型配置的外设数"`
}

type assetsIn struct {
	Standing string `query:"standing" enum:"none,failed,ready,accepted,open" doc:"open 是还没有验收的"`
}

type assetsOut struct {
	Body struct {
		Rows []assetRow `json:"rows"`
	}
}

type assetIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
}

// installRow is one installation record.
type installRow struct {
	ID       string         `json:"id"`
	Revision int            `json:"revision"`
	Reason   string         `json:"reason"`
	MadeBy   string         `json:"made_by" doc:"谁发的维护码"`
	Number   int            `json:"number" doc:"维护码编号"`
	Begun    time.Time      `json:"begun"`
	At       time.Time      `json:"at"`
	Received time.Time      `json:"received"`
	Version  string         `json:"version"`
	Failed   int            `json:"failed"`
	Absent   int            `json:"absent"`
	Points   []installPoint `json:"points"`
}

// installPoint is one point; its pictures are asked for by digest.
type installPoint struct {
	ID     string    `json:"id"`
	Part   string    `json:"part"`
	Title  string    `json:"title"`
	Answer string    `json:"answer"`
	State  string    `json:"state" enum:"ok,failed,absent"`
	Value  *float64  `json:"value,omitempty"`
	Unit   string    `json:"unit,omitempty"`
	Want   string    `json:"want,omitempty"`
	Clause string    `json:"clause,omitempty"`
	Fail   string    `json:"fail,omitempty"`
	At     time.Time `json:"at"`
	Photos []string  `json:"photos"`
}

type assetFile struct {
	ID      string    `json:"id"`
	Device  string    `json:"device"`
	Title   string    `json:"title"`
	MIME    string    `json:"mime"`
	Size    int64     `json:"size"`
	AddedAt time.Time `json:"added_at"`
	AddedBy string    `json:"added_by"`
}

type acceptance struct {
	Technician string    `json:"technician"`
	Note       string    `json:"note"`
	At         time.Time `json:"at"`
	By         string    `json:"by"`
}

type assetOut struct {
	Body struct {
		assetRow
		Maker      string               `json:"maker"`
		Note       string               `json:"note"`
		Version    int64                `json:"version"`
		Set        []wire.InstallDevice `json:"set" doc:"外设：现场签字时的，没签过就是机型配置的"`
		Records    []installRow         `json:"records"`
		Files      []assetFile          `json:"files"`
		Acceptance *acceptance          `json:"acceptance,omitempty"`
	}
}

type assetWriteIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
	Body     struct {
		SerialNo      string `json:"serial_no" maxLength:"60" doc:"整机序列号"`
		Maker         string `json:"maker" maxLength:"80" doc:"厂家"`
		ArrivedOn     string `json:"arrived_on" maxLength:"10" doc:"到货日期"`
		WarrantyUntil string `json:"warranty_until" maxLength:"10" doc:"质保到期"`
		Note          string `json:"note" maxLength:"300"`
		Version       int64  `json:"version"`
	}
}

type takeOverIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
	Body     struct {
		Record     string `json:"record" maxLength:"40" doc:"看过的那份记录"`
		Technician string `json:"technician" maxLength:"40" doc:"现场谁装的、谁签的字"`
		Note       string `json:"note" maxLength:"300"`
	}
}

type detachIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
	File     string `path:"file" maxLength:"40"`
}

// assets adds the register of machines.
func (p Parts) assets(srv *httpx.Server) {
	api := srv.API("fleet", "admin")
	httpx.Register(api, fleet.PermRead, huma.Operation{
		OperationID: "fleet-list-assets", Method: http.MethodGet, Path: "/fleet/assets", Summary: "终端台账",
	}, func(ctx context.Context, in *assetsIn) (*assetsOut, error) {
		all, err := p.Assets.List(ctx)
		if err != nil {
			return nil, err
		}
		out := &assetsOut{}
		out.Body.Rows = []assetRow{}
		for _, a := range all {
			s := string(a.Standing)
			if in.Standing == "" || in.Standing == s || in.Standing == "open" && a.Standing != fleet.StandingAccepted {
				out.Body.Rows = append(out.Body.Rows, assetRowOf(a))
			}
		}
		return out, nil
	})
	httpx.Register(api, fleet.PermRead, huma.Operation{
		OperationID: "fleet-read-asset", Method: http.MethodGet, Path: "/fleet/assets/{terminal}", Summary: "一台终端的台账",
	}, func(ctx context.Context, in *assetIn) (*assetOut, error) {
		a, err := p.Assets.Get(ctx, in.Terminal)
		if err != nil {
			return nil, err
		}
		return assetOf(a), nil
	})
	httpx.Register(api, fleet.PermAsset, huma.Operation{
		OperationID: "fleet-write-asset", Method: http.MethodPut, Path: "/fleet/assets/{terminal}", Summary: "改一台终端的台账",
	}, func(ctx context.Context, in *assetWriteIn) (*struct{}, error) {
		b := in.Body
		return nil, p.Assets.Write(ctx, store.AssetRow{Terminal: in.Terminal, SerialNo: b.SerialNo, Maker: b.Maker, ArrivedOn: b.ArrivedOn, WarrantyUntil: b.WarrantyUntil, Note: b.Note, Version: b.Version})
	})
	httpx.Register(api, fleet.PermAsset, huma.Operation{
		OperationID: "fleet-take-over", Method: http.MethodPost, Path: "/fleet/assets/{terminal}/acceptance", Summary: "终端验收",
	}, func(ctx context.Context, in *takeOverIn) (*struct{}, error) {
		return nil, p.Assets.TakeOver(ctx, in.Terminal, in.Body.Record, in.Body.Technician, in.Body.Note)
	})
	httpx.Register(api, fleet.PermAsset, huma.Operation{
		OperationID: "fleet-detach-file", Method: http.MethodDelete, Path: "/fleet/assets/{terminal}/files/{file}", Summary: "移除台账附件",
	}, func(ctx context.Context, in *detachIn) (*struct{}, error) {
		return nil, p.Assets.Detach(ctx, in.Terminal, in.File)
	})
	p.assetFiles(srv)
}

// assetFiles adds what is no JSON: papers and pictures.
func (p Parts) assetFiles(srv *httpx.Server) {
	srv.Raw("admin", http.MethodPost, "/fleet/assets/{terminal}/files", fleet.PermAsset, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		content, err := io.ReadAll(r.Body)
		if err != nil {
			srv.Fail(w, r, errs.E(errs.TooLarge, "fleet.asset_file", "只收 PDF、JPG、PNG，每个不超过 20 MB", err))
			return
		}
		f, err := p.Assets.Attach(r.Context(), r.PathValue("terminal"), q.Get("device"), q.Get("title"), content)
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(fileOf(f))
	}, httpx.MaxBody(assets.MaxFile+1), httpx.Summary("上传台账附件"))
	srv.Raw("admin", http.MethodGet, "/fleet/assets/{terminal}/files/{file}", fleet.PermRead, func(w http.ResponseWriter, r *http.Request) {
		f, content, err := p.Assets.File(r.Context(), r.PathValue("terminal"), r.PathValue("file"))
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Disposition", `attachment; filename*=UTF-8''`+url.PathEscape(f.Title+endings[f.MIME]))
		plain(w, f.MIME, content)
	}, httpx.Summary("下载台账附件"))
	srv.Raw("admin", http.MethodGet, "/fleet/assets/{terminal}/photos/{digest}", fleet.PermRead, func(w http.ResponseWriter, r *http.Request) {
		mime, content, err := p.Assets.Picture(r.Context(), r.PathValue("terminal"), r.PathValue("digest"))
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		plain(w, mime, content)
	}, httpx.Summary("安装验收照片"))
}

var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

func plain(w http.ResponseWriter, mime string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(content) // the other end may have left
}

func assetRowOf(a fleet.Asset) assetRow {
	return assetRow{
		Terminal: a.Code, Model: a.Model, Place: a.Place, Label: a.Label, State: a.State, Standing: a.Standing, SerialNo: a.SerialNo,
		ArrivedOn: a.ArrivedOn, WarrantyUntil: a.WarrantyUntil, Devices: len(a.Devices),
	}
}

func assetOf(a fleet.Asset) *assetOut {
	out := &assetOut{}
	b := &out.Body
	b.assetRow, b.Maker, b.Note, b.Version, b.Set = assetRowOf(a), a.Maker, a.Note, a.Version, a.Devices
	b.Records, b.Files = []installRow{}, []assetFile{}
	for _, i := range a.Records {
		b.Records = append(b.Records, installOf(i))
	}
	for _, f := range a.Files {
		b.Files = append(b.Files, fileOf(f))
	}
	if t := a.Acceptance; t != nil {
		b.Acceptance = &acceptance{Technician: t.Technician.Reveal(), Note: t.Note, At: t.At, By: t.By}
	}
	return out
}

func fileOf(f fleet.AssetFile) assetFile {
	return assetFile{ID: f.ID, Device: f.Device, Title: f.Title, MIME: f.MIME, Size: f.Size, AddedAt: f.AddedAt, AddedBy: f.AddedBy}
}

func installOf(i fleet.Installation) installRow {
	out := installRow{
		ID: i.ID, Revision: i.Revision, Reason: i.Reason, MadeBy: i.MadeBy, Number: int(i.Pass), Begun: i.Begun, At: i.At, Received: i.Received, Version: i.Version,
		Failed: i.Count(wire.PointFailed), Absent: i.Count(wire.PointAbsent), Points: make([]installPoint, 0, len(i.Points)),
	}
	for _, p := range i.Points {
		x := installPoint{ID: p.ID, Part: p.Part, Title: p.Title, Answer: p.Answer, State: string(p.State), Value: p.Value, Unit: p.Unit, Want: p.Want, Clause: p.Clause, Fail: p.Fail, At: p.At, Photos: []string{}}
		for _, f := range p.Photos {
			x.Photos = append(x.Photos, f.Digest)
		}
		out.Points = append(out.Points, x)
	}
	return out
}
