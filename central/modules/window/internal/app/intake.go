package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Channels of a hand-in (渠道).
const (
	ChannelTerminal = "terminal"
	ChannelWindow   = "window"
)

// noticeDays is how long the office may take to say that papers are missing; later, the case counts as accepted from the
// day it was received (行政许可法 art. 32, first paragraph, item 4).
const noticeDays = 5

// Origin is the terminal an envelope came from, as the fleet knows it.
type Origin struct {
	Terminal string
	Number   int
	Hall     string // 涪城区政务服务中心
	Place    string // hall and label, as it is shown
	Region   string // 行政区划代码, six or twelve digits; "" when nobody said
}

// Take is the Accept hop of a submission: the case, its papers, history, audit and event are written in tx, which also
// holds the gate's own record, so that all of it happens once or not at all. A missing file is errs.Unavailable: the
// terminal sends again. Every other refusal is final and says why.
func (a *App) Take(ctx context.Context, tx db.Tx, env wire.Envelope, from Origin, body []byte) (caseNo string, err error) {
	s, item, err := a.read(ctx, body, from)
	if err != nil {
		return "", err
	}
	if err := a.filesAreHere(ctx, s); err != nil {
		return "", err
	}
	c, err := a.newCase(application{Submission: s}, item, env, from, db.Ms(tx.Now()))
	if err != nil {
		return "", err
	}
	at, err := a.place(ctx, item, from.Region, from.Hall)
	if err != nil {
		return "", err
	}
	c.Region, c.Department = at.Region, at.Department
	if other, err := store.Get(ctx, tx, c.No); err == nil && other.EnvelopeID != env.ID {
		return "", errs.E(errs.Conflict, wire.CodeCaseTaken, "这个办件编号已经用过，请联系技术人员", nil)
	} else if err != nil && !errors.Is(err, window.ErrNoSuchCase) {
		return "", err
	}
	if err := store.Add(ctx, tx, c); err != nil {
		return "", err
	}
	if err := a.keepPapers(ctx, tx, c.No, s); err != nil {
		return "", err
	}
	if err := awaitLater(ctx, tx, item, s); err != nil {
		return "", err
	}
	err = store.Tell(ctx, tx, store.Entry{
		ID: ids.New(), CaseNo: c.No, At: c.ReceivedAt, Kind: "person", Title: "收件登记",
		Note: from.Place + " " + from.Terminal + "，本人，" + cmp.Or(identifiedWays[s.Applicant.IdentifiedBy], "读卡"), Actor: "申请人",
	})
	if err != nil {
		return "", err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "window.receive", Object: c.No, Detail: map[string]string{"terminal": from.Terminal, "envelope": env.ID}}); err != nil {
		return "", err
	}
	moved := movedOf(c, tx.Now())
	if err := a.orderReceipt(ctx, tx, c.No); err != nil {
		return "", err
	}
	if err := events.Emit(ctx, tx, events.Event{Topic: window.TopicReceived, Key: c.No, Data: moved}); err != nil {
		return "", err
	}
	return c.No, nil
}

// read decodes a body and checks it by the same rules as the screen that made it.
func (a *App) read(ctx context.Context, body []byte, from Origin) (wire.Submission, matter.Item, error) {
	var s wire.Submission
	bad := func(why string, cause error) (wire.Submission, matter.Item, error) {
		return s, matter.Item{}, errs.E(errs.Invalid, wire.CodeInvalid, why, cause)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return bad("提交的内容读不出来", fmt.Errorf("decode submission: %w", err))
	}
	no, err := wire.ParseCaseNo(s.CaseNo)
	if err != nil {
		return bad("办件编号不对", err)
	}
	if part := strings.Split(no, "-"); len(part) != 4 || part[1] != fmt.Sprintf("%03d", from.Number) {
		return bad("办件编号不是这台终端的", fmt.Errorf("case %s from terminal number %s", no, strconv.Itoa(from.Number)))
	}
	s.CaseNo = no
	item, err := a.Items.Item(ctx, s.Item, s.ItemVersion)
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return s, item, errs.E(errs.Invalid, wire.CodeUnknownItem, "没有这个事项或版本", err)
		}
		return s, item, err
	}
	return s, item, fits(item, s)
}

// fits checks a hand-in by the item's own rules: nothing that nobody asks for, nothing missing, every entry as the form wants it.
func fits(item matter.Item, s wire.Submission) error {
	if extra := item.Unlisted(s); len(extra) > 0 {
		return errs.E(errs.Invalid, wire.CodeInvalid, "提交了事项字段清单之外的个人信息", fmt.Errorf("unlisted: %s", strings.Join(extra, ", ")))
	}
	if why := incomplete(item, s); why != "" {
		return errs.E(errs.Invalid, wire.CodeInvalid, why, nil)
	}
	wrong := form.CheckItem(&item, s.Answers, s.Form)
	wrong = append(wrong, form.Differs(item.Form, s.Form, s.Applicant)...) // what the card said cannot be typed over
	if len(wrong) > 0 {
		fields := make([]errs.Field, len(wrong))
		for i, w := range wrong {
			fields[i] = errs.Field{Path: w.Field, Message: w.Message}
		}
		err := errs.E(errs.Invalid, wire.CodeInvalid, "表单有 "+strconv.Itoa(len(wrong))+" 处不符合要求："+wrong[0].Message, nil)
		return errs.WithFields(err, fields...)
	}
	return nil
}

// incomplete says in words what an application lacks by its own answers, "" when nothing.
func incomplete(item matter.Item, s wire.Submission) string {
	if s.Applicant.Name == "" || s.Applicant.IDNumber == "" {
		return "没有申请人"
	}
	if len(s.Consents) == 0 {
		return "没有同意记录"
	}
	if _, _, _, settled, stop := matter.Next(&item, s.Answers); stop != "" || !settled {
		return "情形没有问完"
	}
	for _, n := range matter.Materials(&item, s.Answers) {
		if (n.Need == "required" || n.Need == "deferrable") && !handedIn(s, n.Material, n.Need == "deferrable") {
			return "缺材料：" + n.Name
		}
	}
	for _, signer := range matter.Signers(&item, s.Answers) {
		if !signed(s, signer.Role) {
			return "缺签名：" + signer.Label
		}
	}
	return ""
}

func handedIn(s wire.Submission, m matter.Material, deferrable bool) bool {
	for _, have := range s.Materials {
		if have.Code == m.Code {
			return len(have.Pages) > 0 || (have.Deferred && deferrable)
		}
	}
	return false
}

func signed(s wire.Submission, role string) bool {
	for _, g := range s.Signatures {
		if g.Role == role && g.Image.Digest != "" {
			return true
		}
	}
	return false
}

// filesAreHere refuses for now when a file that the envelope names has not arrived.
func (a *App) filesAreHere(ctx context.Context, s wire.Submission) error {
	for _, f := range files(s) {
		d, err := blobs.ParseDigest(f.Digest)
		if err != nil {
			return errs.E(errs.Invalid, wire.CodeInvalid, "附件的摘要不对", err)
		}
		ok, err := a.Blobs.Has(ctx, d)
		if err != nil {
			return fmt.Errorf("look for file: %w", err)
		}
		if !ok {
			return errs.E(errs.Unavailable, wire.CodeMissingFile, "附件还没有传完", nil)
		}
	}
	return nil
}

func files(s wire.Submission) []wire.File {
	var out []wire.File
	for _, m := range s.Materials {
		out = append(out, m.Pages...)
	}
	for _, g := range s.Signatures {
		out = append(out, g.Image)
	}
	return out
}

func (a *App) newCase(s application, item matter.Item, env wire.Envelope, from Origin, now int64) (store.Case, error) {
	c := store.Case{
		No: s.CaseNo, EnvelopeID: env.ID, Item: item.Code, ItemVersion: item.Version, ItemName: item.Name,
		State: window.Received, Version: 1, Channel: ChannelTerminal, Mode: store.ModePlain, Terminal: from.Terminal, Place: from.Place,
		NameMasked: vault.MaskName(s.Applicant.Name), IDMasked: vault.MaskID(s.Applicant.IDNumber),
		IDBlind:     a.Vault.Blind(classID, s.Applicant.IDNumber),
		LookupBlind: a.Vault.Blind(classSlip, s.LookupKey), CheckBlind: a.Vault.Blind(classSlip, strings.ToUpper(s.CheckCode)),
		Materials: len(s.Materials), SubmittedAt: db.Ms(s.SubmittedAt), ReceivedAt: now, Calendar: a.Calendar.Version(),
	}
	c.Deferred, c.Exempt = len(leftForLater(s.Submission)), exempted(item, s.Answers)
	var err error
	if c.NoticeDue, err = a.workingDays(calendar.DateOf(db.FromMs(now)), noticeDays); err != nil {
		return c, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return c, fmt.Errorf("encode case: %w", err)
	}
	for _, f := range []struct {
		to           *string
		class, plain string
	}{
		{&c.NameSealed, className, s.Applicant.Name}, {&c.IDSealed, classID, s.Applicant.IDNumber}, {&c.BodySealed, classBody, string(body)},
	} {
		if *f.to, err = a.Vault.SealRow(f.class, c.No, f.plain); err != nil {
			return c, fmt.Errorf("seal case: %w", err)
		}
	}
	return c, nil
}

// leftForLater are the papers that the applicant will bring later (稍后补交).
func leftForLater(s wire.Submission) (codes []string) {
	for _, m := range s.Materials {
		if m.Deferred && len(m.Pages) == 0 {
			codes = append(codes, m.Code)
		}
	}
	return codes
}

// awaitLater writes them down; until when is told at the acceptance.
func awaitLater(ctx context.Context, tx db.Tx, item matter.Item, s wire.Submission) error {
	for _, code := range leftForLater(s) {
		name := code
		for _, m := range item.Materials {
			if m.Code == code {
				name = m.Name
			}
		}
		if err := store.Await(ctx, tx, store.Awaited{CaseNo: s.CaseNo, Material: code, Name: name}); err != nil {
			return err
		}
	}
	return nil
}

// exempted counts the papers that nobody asked for, because something stood for them.
func exempted(item matter.Item, answers map[string]string) (n int) {
	for _, m := range matter.Materials(&item, answers) {
		if m.Need == matter.Exempt {
			n++
		}
	}
	return n
}

// keepPapers writes the pages and signatures; the files themselves stay encrypted where they are, only their keys are kept.
func (a *App) keepPapers(ctx context.Context, tx db.Tx, no string, s wire.Submission) error {
	for _, m := range s.Materials {
		for i, p := range m.Pages {
			f, err := a.file(p, ids.New(), store.File{CaseNo: no, Material: m.Code, Ord: i + 1})
			if err != nil {
				return err
			}
			if err := store.AddPage(ctx, tx, f); err != nil {
				return err
			}
		}
	}
	for i, g := range s.Signatures {
		f, err := a.file(g.Image, "", store.File{CaseNo: no, Material: g.Role, Ord: i + 1})
		if err != nil {
			return err
		}
		name, err := a.Vault.SealRow(className, no+"/"+g.Role, g.Name)
		if err != nil {
			return fmt.Errorf("seal signer: %w", err)
		}
		if err := store.AddSignature(ctx, tx, store.Signature{File: f, NameSealed: name, Statement: g.Statement, At: db.Ms(g.At)}); err != nil {
			return err
		}
	}
	return nil
}

// file fills in what the terminal said of a file and seals its key for its row; a signature has no id of its own.
func (a *App) file(f wire.File, id string, at store.File) (store.File, error) {
	at.ID, at.Digest, at.Size, at.MIME = id, f.Digest, f.Size, f.MIME
	var err error
	if at.KeySealed, err = a.Vault.SealRow(classKey, keyRow(at), string(f.Key)); err != nil {
		return at, fmt.Errorf("seal file key: %w", err)
	}
	return at, nil
}

// keyRow is the row that a file's key is bound to.
func keyRow(f store.File) string {
	if f.ID != "" {
		return f.ID
	}
	return f.CaseNo + "/" + f.Material
}
