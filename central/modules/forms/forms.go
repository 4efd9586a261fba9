// Package forms is the electronic forms (电子表单): official forms are drawn as paper, saved as JSON Schema 2020-12 plus layout,
// published in versions, filled on phone, desk and kiosk, checked by the same rules everywhere, and printed as the paper they
// were drawn as. Items name a form by its id; a form may serve several items.
package forms

import (
	"context"
	"encoding/json"

	"tongban/central/kernel/errs"
	"tongban/fleet/wire/matter"
)

// Permissions.
const (
	PermRead    = "forms:form.read"
	PermEdit    = "forms:form.edit"
	PermPublish = "forms:form.publish"
)

// TopicPublished is the event of a new version of a form; the key is its id, the data is Published. The catalogue makes new
// versions of the items that use it.
const TopicPublished = "forms.published"

// Fault is what is wrong with a design (设计问题). Where is a path a page can jump to: schema.<field>, screens.<group>.<field>,
// paper.<block>.<row>.<cell>; empty for the whole.
type Fault struct {
	Where string `json:"where"`
	Words string `json:"words"`
	Warn  bool   `json:"warn,omitempty"` // worth a look, stops nothing
}

// Aside is an entry that does not fit a newer version of its form and was kept aside (搁置的填写内容).
type Aside struct {
	Field string `json:"field"`
	Label string `json:"label"`
	Words string `json:"words"`
}

// Carried is a half-filled form brought to the version in force (带到新版的草稿).
type Carried struct {
	Form   matter.Form    `json:"form"`
	Values map[string]any `json:"values"`
	Aside  []Aside        `json:"aside" nullable:"false"`
}

// Published tells which version of which form appeared.
type Published struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
}

// CodeUnknownForm is the errs code for a form or version that does not exist (没有这张表).
const CodeUnknownForm = "forms.no_such_form"

// ErrChanged means that somebody else has saved the draft since it was loaded.
var ErrChanged = errs.E(errs.Conflict, "forms.changed", "别人刚改过这张表，已为您换成最新的，请再看一眼", nil)

// Design is one version of a form as its designer sees it (表单设计): the data as JSON Schema 2020-12, the screens in their
// order, and the paper. The three speak of the same properties by name.
type Design struct {
	ID      string          `json:"id"` // short, lower-case, such as spxj-record
	Version int             `json:"version"`
	Title   string          `json:"title"`
	Schema  json.RawMessage `json:"schema"` // a property's x-element names its data element, x-message the sentence for a wrong pattern
	Screens []matter.Group  `json:"screens"`
	Paper   Paper           `json:"paper"`
	Sample  []string        `json:"sample,omitempty"` // what the office has not confirmed yet (样例数据)
}

// Form is what a terminal, a phone and the server's check need of a design.
func (d Design) Form() matter.Form {
	return matter.Form{ID: d.ID, Version: d.Version, Title: d.Title, Schema: d.Schema, Groups: d.Screens}
}

// Paper is the sheet (纸面). Lengths are millimetres from the upper left corner of the page, type sizes are points.
type Paper struct {
	Size      string  `json:"size"` // A4
	Landscape bool    `json:"landscape,omitempty"`
	Margin    Margin  `json:"margin"`
	Pages     int     `json:"pages"`
	Blocks    []Block `json:"blocks"`
}

// Margin is the white edge in millimetres.
type Margin struct {
	Top    float64 `json:"top"`
	Right  float64 `json:"right"`
	Bottom float64 `json:"bottom"`
	Left   float64 `json:"left"`
}

// Kinds of blocks.
const (
	KindTitle     = "title"     // 标题
	KindText      = "text"      // 说明文字
	KindField     = "field"     // 填写项 outside a table, such as the date of filling
	KindTable     = "table"     // 表格
	KindSignature = "signature" // 手写签名
	KindSeal      = "seal"      // 印章位
	KindQR        = "qr"        // 二维码: the verify address of the case, once there is one
	KindHeader    = "header"    // 页眉, on every page
	KindFooter    = "footer"    // 页脚, on every page, with the page number
	KindLine      = "line"      // 横线
)

// Block is one thing on the sheet (版面块).
type Block struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Page    int       `json:"page"` // from 1
	X       float64   `json:"x"`
	Y       float64   `json:"y"`
	W       float64   `json:"w"`
	H       float64   `json:"h"` // of a table: the sum of its rows
	Text    string    `json:"text,omitempty"`
	Field   string    `json:"field,omitempty"`  // of field
	Signer  string    `json:"signer,omitempty"` // of signature: role of the signer
	Size    float64   `json:"size,omitempty"`   // points; 0 = 10.5 (五号)
	Bold    bool      `json:"bold,omitempty"`
	Align   string    `json:"align,omitempty"`   // left, center, right
	Columns []float64 `json:"columns,omitempty"` // of table: widths
	Rows    []Row     `json:"rows,omitempty"`    // of table
}

// Row is one row of a table. A row with Repeat is drawn Lines times, one for each entry of that rows field; what does not fit
// goes to a continuation sheet (续页).
type Row struct {
	H      float64 `json:"h"`
	Repeat string  `json:"repeat,omitempty"` // name of the rows field
	Lines  int     `json:"lines,omitempty"`
	Cells  []Cell  `json:"cells"`
}

// Cell is one cell of a table; a merged cell spans columns and rows, and what it covers is left out (合并格).
type Cell struct {
	Col     int     `json:"col"` // from 0
	ColSpan int     `json:"col_span,omitempty"`
	RowSpan int     `json:"row_span,omitempty"`
	Text    string  `json:"text,omitempty"`  // label
	Field   string  `json:"field,omitempty"` // name of the field, or of the column in a repeated row
	Signer  string  `json:"signer,omitempty"`
	Seal    bool    `json:"seal,omitempty"`
	Head    bool    `json:"head,omitempty"` // shaded
	Size    float64 `json:"size,omitempty"`
	Bold    bool    `json:"bold,omitempty"`
	Align   string  `json:"align,omitempty"`
}

// Element is a data element (数据元): what a value means, whatever a form calls it. Forms are merged and prefilled by it.
type Element struct {
	ID     string          `json:"id"`   // JYZ_MC
	Name   string          `json:"name"` // 经营者名称
	Group  string          `json:"group"`
	Pinyin string          `json:"pinyin,omitempty"` // initials, filled in
	Widget string          `json:"widget"`
	Source string          `json:"source,omitempty"` // idcard.name …
	Class  string          `json:"class"`            // field class of central/kernel/privacy
	Masked bool            `json:"masked,omitempty"`
	Schema json.RawMessage `json:"schema"` // rules every use keeps or narrows
	Codes  []matter.Option `json:"codes,omitempty"`
}

// Ink is what is put on a printed form (打印内容). Nothing is drawn for what is absent.
type Ink struct {
	Values     map[string]any
	Signatures map[string][]byte // PNG by the signer's role
	CaseNo     string
	Verify     string // address for the QR
	Blank      bool   // the empty form: lines for hand writing
}

// One form made of several (一张表单) is known to terminals too.
type (
	Merged        = matter.Merged
	Mapping       = matter.Mapping
	MergeConflict = matter.MergeConflict
)

// Service is what other modules may ask. It is safe for concurrent use.
type Service interface {
	// Design returns one published version; version 0 is the current one. An unknown one is an errs.NotFound with CodeUnknownForm.
	Design(ctx context.Context, id string, version int) (Design, error)
	// Published returns the current version of every form, by id.
	Published(ctx context.Context) ([]Design, error)
	// Merge makes one form of several by data element; order is the order of the screens.
	Merge(ctx context.Context, ids []string) (Merged, error)
	// Print returns the form as PDF that looks like its paper.
	Print(ctx context.Context, id string, version int, ink Ink) ([]byte, error)
	// Adopt takes over the forms that items carry inside themselves: new and changed ones are published with a paper that the
	// program lays out, the same ones stay as they are, and those that somebody has edited here since are left alone.
	Adopt(ctx context.Context, embedded []matter.Form) error
	// Elements returns the library of data elements, by id.
	Elements(ctx context.Context) ([]Element, error)
}
