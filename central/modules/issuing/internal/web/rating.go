package web

import (
	"context"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/app"
)

// Span is a span of days; both ends count.
type Span struct {
	From string `query:"from" maxLength:"10" doc:"从哪天，YYYY-MM-DD"`
	To   string `query:"to" maxLength:"10" doc:"到哪天"`
}

// times are the instants of a span; what is not given has no end.
func (s Span) times() (from, to time.Time) {
	to = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	if d, err := calendar.ParseDate(s.From); err == nil {
		from = d.Time()
	}
	if d, err := calendar.ParseDate(s.To); err == nil {
		to = d.AddDays(1).Time()
	}
	return from, to
}

type summaryIn struct {
	By string `query:"by" enum:"level,item,window" default:"level" doc:"按级别、事项还是窗口"`
	Span
}

type summaryOut struct {
	Body struct {
		Rows []issuing.Count `json:"rows"`
	}
}

type givenIn struct {
	Level int `query:"level" minimum:"0" maximum:"5" default:"0" doc:"0 是全部"`
	Span
	Paging
}

type givenOut struct{ Body app.RatingList }

type inviteOut struct {
	Body struct {
		URL string `json:"url" doc:"评价地址，给评价器或二维码"`
	}
}

func ratings(api huma.API, a *app.App) {
	httpx.Register(api, issuing.PermRated, get("sum-ratings", "/issuing/ratings/summary", "评价汇总"),
		func(ctx context.Context, in *summaryIn) (*summaryOut, error) {
			from, to := in.times()
			rows, err := a.Ratings(ctx, in.By, from, to)
			out := &summaryOut{}
			out.Body.Rows = rows
			return out, err
		})
	httpx.Register(api, issuing.PermRated, get("list-ratings", "/issuing/ratings", "评价清单"),
		func(ctx context.Context, in *givenIn) (*givenOut, error) {
			from, to := in.times()
			out, err := a.Given(ctx, in.Level, from, to, in.Page, in.Size)
			return &givenOut{Body: out}, err
		})
	httpx.Register(api, issuing.PermIssue, post("invite", "/issuing/records/{no}/invite", "请他评价"),
		func(ctx context.Context, in *CasePath) (*inviteOut, error) {
			url, err := a.Invite(ctx, in.No)
			out := &inviteOut{}
			out.Body.URL = url
			return out, err
		})
}

type tasksIn struct {
	Closed bool `query:"closed" doc:"已办结的"`
	Paging
}

type tasksOut struct{ Body app.TaskList }

// TaskPath is the path of one task.
type TaskPath struct {
	ID string `path:"id" maxLength:"40"`
}

type taskOut struct{ Body app.TaskDetail }

type helpersOut struct {
	Body struct {
		Rows []app.Helper `json:"rows" nullable:"false"`
	}
}

type taskStepIn struct {
	TaskPath
	Body app.TaskStep
}

func tasks(api huma.API, a *app.App) {
	httpx.Register(api, issuing.PermRated, get("list-tasks", "/issuing/tasks", "差评整改清单"),
		func(ctx context.Context, in *tasksIn) (*tasksOut, error) {
			out, err := a.Tasks(ctx, in.Closed, in.Page, in.Size)
			return &tasksOut{Body: out}, err
		})
	httpx.Register(api, issuing.PermRated, get("show-task", "/issuing/tasks/{id}", "差评整改详情"),
		func(ctx context.Context, in *TaskPath) (*taskOut, error) {
			out, err := a.Task(ctx, in.ID)
			return &taskOut{Body: out}, err
		})
	httpx.Register(api, issuing.PermReview, get("list-helpers", "/issuing/tasks/{id}/helpers", "可以分派的人"),
		func(ctx context.Context, in *TaskPath) (*helpersOut, error) {
			rows, err := a.Helpers(ctx, in.ID)
			out := &helpersOut{}
			out.Body.Rows = rows
			return out, err
		})
	for _, x := range []struct {
		act     issuing.TaskAct
		summary string
	}{{issuing.TaskAssign, "分派差评"}, {issuing.TaskCall, "记回访"}, {issuing.TaskAnswer, "写答复"}, {issuing.TaskReject, "退回重办"}, {issuing.TaskClose, "核查通过"}} {
		httpx.Register(api, app.TaskPerm(x.act), post(string(x.act)+"-task", "/issuing/tasks/{id}/"+string(x.act), x.summary),
			func(ctx context.Context, in *taskStepIn) (*taskOut, error) {
				out, err := a.DoTask(ctx, in.ID, x.act, in.Body)
				return &taskOut{Body: out}, err
			})
	}
}

type archivesIn struct {
	Q string `query:"q" maxLength:"60" doc:"档号、办件编号、事项的一部分，或完整证件号"`
	Span
	Paging
}

type archivesOut struct{ Body app.ArchiveList }

type fileIn struct {
	Body struct {
		No string `json:"no" minLength:"8" maxLength:"24" doc:"办件编号"`
	}
}

type fileOut struct{ Body app.ArchiveRow }

// ArchivePath is the path of one package.
type ArchivePath struct {
	No string `path:"no" maxLength:"24" doc:"档号或办件编号"`
}

type archiveOut struct{ Body app.ArchiveDetail }

func archives(api huma.API, a *app.App) {
	httpx.Register(api, issuing.PermFiles, get("list-archives", "/issuing/archives", "档案查询"),
		func(ctx context.Context, in *archivesIn) (*archivesOut, error) {
			from, to := in.times()
			out, err := a.Archives(ctx, in.Q, from, to, in.Page, in.Size)
			return &archivesOut{Body: out}, err
		})
	httpx.Register(api, issuing.PermFile, post("file-case", "/issuing/archives", "归档"),
		func(ctx context.Context, in *fileIn) (*fileOut, error) {
			out, err := a.File(ctx, in.Body.No)
			return &fileOut{Body: out}, err
		})
	httpx.Register(api, issuing.PermFiles, get("show-archive", "/issuing/archives/{no}", "打开档案，当场核验"),
		func(ctx context.Context, in *ArchivePath) (*archiveOut, error) {
			out, err := a.Archive(ctx, in.No)
			return &archiveOut{Body: out}, err
		})
}

// packages adds the package itself and its parts, read-only.
func packages(srv *httpx.Server, a *app.App) {
	srv.Raw("staff", http.MethodGet, "/issuing/archives/{no}/package", issuing.PermFiles, func(w http.ResponseWriter, r *http.Request) {
		row, pack, err := a.Package(r.Context(), r.PathValue("no"))
		if err == nil {
			w.Header().Set("Content-Disposition", `attachment; filename="`+row.ArchiveNo+`.zip"`)
		}
		serve(srv, w, r, "application/zip", pack, err)
	}, httpx.Summary("导出归档包"))
	srv.Raw("staff", http.MethodGet, "/issuing/archives/{no}/part/{name...}", issuing.PermFiles, func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.PathValue("name"), "/")
		b, err := a.Part(r.Context(), r.PathValue("no"), name)
		serve(srv, w, r, mimes[path.Ext(name)], b, err)
	}, httpx.Summary("看归档包里的一个文件"))
}

// mimes are the kinds of file in a package; anything else is shown as text.
var mimes = map[string]string{".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".json": "application/json", ".sm3": "text/plain; charset=utf-8"}
