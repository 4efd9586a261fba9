package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/notify"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
)

// Occasions on which a matter may be rated, once each (一次一评).
const (
	OccasionIssue  = "issue"   // when the result was handed out
	OccasionHandIn = "hand_in" // when the application was handed in at a terminal
)

const (
	topicRated = "window.rated"
	inviteDays = 30
	badDays    = 15 // working days to put a bad rating right
)

var (
	// errNotEnded keeps a rating from being asked for too early: what is not finished cannot be judged.
	errNotEnded = errs.E(errs.Conflict, "issuing.not_ended", "这件事还没有办完，办完交到他手里再请他评价", nil)
	errRated    = errs.E(errs.Conflict, "issuing.rated_before", "这一次已经评价过了，谢谢您", nil)
	errKey      = errs.E(errs.NotFound, "issuing.no_invite", "评价链接不对或过期了", nil)
)

// Invite implements issuing.Service.
func (a *App) Invite(ctx context.Context, no string) (url string, err error) {
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := see(ctx, tx, no)
		if err != nil {
			return err
		}
		if r.EndedAt == 0 {
			return errNotEnded
		}
		url, err = a.invite(ctx, tx, no, "pad")
		return err
	})
	return url, err
}

func (a *App) invite(ctx context.Context, tx db.Tx, no, channel string) (string, error) {
	key := ids.Key()
	err := store.AddInvite(ctx, tx, store.Invite{
		KeyBlind: a.Vault.Blind(classSlip, "rate "+key), No: no, Channel: channel, AskedAt: db.Ms(tx.Now()), UntilAt: db.Ms(tx.Now().AddDate(0, 0, inviteDays)),
	})
	return a.Public + "/r/" + key, err
}

// askByMessage sends the link by which the person may rate from home: whoever left the counter is asked by nobody.
func (a *App) askByMessage(ctx context.Context, tx db.Tx, r store.Record) error {
	phone, err := a.Cases.Phone(ctx, r.No)
	if err != nil || phone == "" {
		return nil //nolint:nilerr // without a number there is nobody to ask
	}
	url, err := a.invite(ctx, tx, r.No, "sms")
	if err != nil {
		return err
	}
	err = a.SMS.Send(ctx, tx, phone, "case.rate", map[string]string{"no": r.No, "url": url})
	if errors.Is(err, notify.ErrNumber) {
		return nil
	}
	return err
}

// Asked is what the page of a link shows. No name.
type Asked struct {
	No       string   `json:"no"`
	ItemName string   `json:"item_name"`
	Rated    int      `json:"rated" doc:"已经评过的级别，0 是还没有"`
	Points   []string `json:"points" doc:"可以勾选的方面"`
}

// points are the aspects of a service on the spot (评价指标).
var points = []string{"服务效率", "业务水平", "服务态度", "一次告知", "办事环境"}

// Asked opens a link.
func (a *App) Asked(ctx context.Context, key string) (Asked, error) {
	out := Asked{Points: points}
	err := a.DB.View(ctx, func(q db.Query) error {
		_, r, err := a.invited(ctx, q, key)
		if err != nil {
			return err
		}
		out.No, out.ItemName = r.No, r.ItemName
		rated, err := store.FindRating(ctx, q, r.No, OccasionIssue)
		out.Rated = rated.Level
		if errors.Is(err, issuing.ErrNone) {
			err = nil
		}
		return err
	})
	return out, err
}

func (a *App) invited(ctx context.Context, q db.Query, key string) (store.Invite, store.Record, error) {
	i, err := store.GetInvite(ctx, q, a.Vault.Blind(classSlip, "rate "+strings.ToUpper(key)))
	if errors.Is(err, issuing.ErrNone) || err == nil && i.UntilAt < db.Ms(a.Clock.Now()) {
		return i, store.Record{}, errKey
	}
	if err != nil {
		return i, store.Record{}, err
	}
	r, err := store.GetRecord(ctx, q, i.No)
	return i, r, err
}

// Given is what the citizen says.
type Given struct {
	Level  int      `json:"level" minimum:"1" maximum:"5" doc:"5 非常满意 … 1 非常不满意"`
	Points []string `json:"points,omitempty" maxItems:"5" doc:"好在哪里、差在哪里"`
	Words  string   `json:"words,omitempty" maxLength:"500"`
}

// Rate keeps the rating of a link (好差评).
func (a *App) Rate(ctx context.Context, key string, g Given) error {
	for _, p := range g.Points {
		if !slices.Contains(points, p) {
			return bad("points", "没有这一项："+p)
		}
	}
	ctx = auth.AsSystem(ctx, "issuing.rating")
	return a.DB.Do(ctx, func(tx db.Tx) error {
		i, r, err := a.invited(ctx, tx, key)
		if err != nil {
			return err
		}
		marks, err := json.Marshal(g.Points)
		if err != nil {
			return fmt.Errorf("encode points: %w", err)
		}
		rating := store.Rating{
			ID: ids.New(), No: r.No, Occasion: OccasionIssue, Item: r.Item, ItemName: r.ItemName, Level: g.Level, Channel: i.Channel, Indicators: string(marks),
			Region: r.Region, Department: r.Department, Handler: r.Handler, Window: r.Window, At: db.Ms(tx.Now()),
		}
		if words := strings.TrimSpace(g.Words); words != "" {
			if rating.WordsSealed, err = a.Vault.SealRow(classCase, rating.ID, words); err != nil {
				return err
			}
		}
		fresh, err := a.rated(ctx, tx, rating)
		if err == nil && !fresh {
			err = errRated
		}
		return err
	})
}

// ratedElsewhere takes over what was rated at a terminal.
func (a *App) ratedElsewhere(ctx context.Context, tx db.Tx, e events.Event) error {
	var m struct {
		Case, Terminal, Region string
		Level                  int
	}
	if err := e.Decode(&m); err != nil {
		return err
	}
	rating := store.Rating{
		ID: ids.New(), No: m.Case, Occasion: OccasionHandIn, Level: m.Level, Channel: "kiosk", Indicators: "[]", Region: m.Region, Window: m.Terminal, At: db.Ms(e.At),
		ItemName: "自助服务",
	}
	if m.Case == "" {
		rating.Occasion = e.Key // a service without a case is rated once too
	} else if f, err := a.Cases.Facts(ctx, m.Case); err == nil {
		rating.Item, rating.ItemName, rating.Region, rating.Department = f.Item, f.ItemName, f.Region, f.Department
	}
	_, err := a.rated(ctx, tx, rating)
	return err
}

// rated keeps a rating, tells of it, and begins a task for a bad one.
func (a *App) rated(ctx context.Context, tx db.Tx, r store.Rating) (bool, error) {
	fresh, err := store.AddRating(ctx, tx, r)
	if err != nil || !fresh {
		return false, err
	}
	t := issuing.Told{No: r.No, Item: r.Item, ItemName: r.ItemName, Region: r.Region, Department: r.Department, Handler: r.Handler, At: tx.Now()}
	err = emit(ctx, tx, issuing.TopicRated, r.ID, issuing.Rated{Told: t, Window: r.Window, Level: r.Level, Occasion: r.Occasion, Channel: r.Channel})
	if err != nil || !issuing.Bad(r.Level) {
		return true, err
	}
	due, err := a.Calendar.Due(calendar.DateOf(tx.Now()), calendar.Budget{Days: badDays, Unit: calendar.Working}, nil)
	if err != nil {
		return false, fmt.Errorf("compute day of the answer: %w", err)
	}
	task := store.Task{
		ID: ids.New(), Rating: r.ID, No: r.No, ItemName: r.ItemName, Level: r.Level, State: issuing.Open, Version: 1, Due: due.Due.String(),
		Region: r.Region, Department: r.Department, Handler: r.Handler, CreatedAt: db.Ms(tx.Now()),
	}
	if err := store.AddTask(ctx, tx, task); err != nil {
		return false, err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "issuing.bad_rating", Object: task.ID, Detail: map[string]string{"case": r.No, "level": fmt.Sprint(r.Level)}}); err != nil {
		return false, err
	}
	return true, emit(ctx, tx, issuing.TopicBadRating, task.ID, issuing.TaskTold{Told: t, ID: task.ID, Due: task.Due})
}

// RatingRow is one rating in the list.
type RatingRow struct {
	ID        string   `json:"id"`
	No        string   `json:"no"`
	ItemName  string   `json:"item_name"`
	Level     int      `json:"level"`
	LevelText string   `json:"level_text"`
	Channel   string   `json:"channel"`
	Window    string   `json:"window"`
	Points    []string `json:"points"`
	Words     bool     `json:"words" doc:"写了意见"`
	At        string   `json:"at"`
}

// RatingList is one page of ratings.
type RatingList struct {
	Rows  []RatingRow `json:"rows"`
	Total int         `json:"total"`
}

// channels in words.
var channels = map[string]string{"pad": "窗口评价器", "kiosk": "自助终端", "sms": "短信链接", "web": "网上"}

// Given lists ratings of [from, to).
func (a *App) Given(ctx context.Context, level int, from, to time.Time, page, size int) (RatingList, error) {
	out := RatingList{Rows: []RatingRow{}}
	err := a.DB.View(ctx, func(q db.Query) error {
		rows, n, err := store.Ratings(ctx, q, actor.From(ctx).Scope(issuing.PermRated), level, db.Ms(from), db.Ms(to), size, (page-1)*size)
		out.Total = n
		for _, r := range rows {
			out.Rows = append(out.Rows, ratingRow(r))
		}
		return err
	})
	return out, err
}

func ratingRow(r store.Rating) RatingRow {
	row := RatingRow{
		ID: r.ID, No: r.No, ItemName: r.ItemName, Level: r.Level, LevelText: issuing.LevelText(r.Level), Channel: channels[r.Channel], Window: r.Window, Points: []string{},
		Words: r.WordsSealed != "", At: minute(r.At),
	}
	_ = json.Unmarshal([]byte(r.Indicators), &row.Points) // it was encoded by this program
	if row.Points == nil {
		row.Points = []string{}
	}
	return row
}

// Ratings implements issuing.Service.
func (a *App) Ratings(ctx context.Context, by string, from, to time.Time) ([]issuing.Count, error) {
	var tallies []store.Tally
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		tallies, err = store.Tallies(ctx, q, actor.From(ctx).Scope(issuing.PermRated), by, db.Ms(from), db.Ms(to))
		return err
	})
	byKey := map[string]*issuing.Count{}
	for _, t := range tallies {
		c := byKey[t.Key]
		if c == nil {
			c = &issuing.Count{Key: t.Key, Title: cmp.Or(t.Title, "没有窗口号")}
			byKey[t.Key] = c
		}
		if by == "level" {
			c.Title = issuing.LevelText(t.Level)
		}
		c.Levels[t.Level-1] += t.N
		c.Total += t.N
		if t.Level >= 4 {
			c.Good += t.N
		}
	}
	out := []issuing.Count{}
	for _, c := range byKey {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(x, y issuing.Count) int {
		if by == "level" {
			return cmp.Compare(y.Key, x.Key)
		}
		return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.Key, y.Key))
	})
	return out, err
}
