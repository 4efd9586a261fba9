package drivers

import (
	"context"
	"log/slog"
)

// Card types, by the mark at byte 248 of the text block (GA 490).
const (
	CardResident    = "resident"      // 居民身份证
	CardHMT         = "hmt-residence" // 港澳台居民居住证
	CardForeign2017 = "foreign-2017"  // 外国人永久居留身份证 (I)
	CardForeign2023 = "foreign-2023"  // 外国人永久居留身份证 (Y)
)

// IDCard is what a card said (身份证信息). Personal data: it hides itself in logs and in fmt.
type IDCard struct {
	Type         string     `json:"type"`
	Name         string     `json:"name,omitempty"`
	NameEN       string     `json:"name_en,omitempty"`
	Sex          string     `json:"sex,omitempty"`         // male, female, unknown
	Nation       string     `json:"nation,omitempty"`      // two digits, GB/T 3304
	Nationality  string     `json:"nationality,omitempty"` // three letters
	Birth        string     `json:"birth,omitempty"`       // YYYY-MM-DD
	Address      string     `json:"address,omitempty"`
	AddressAdded string     `json:"address_added,omitempty"`
	IDNumber     string     `json:"id_number,omitempty"`
	PermitNumber string     `json:"permit_number,omitempty"`
	IssueCount   string     `json:"issue_count,omitempty"`
	Issuer       string     `json:"issuer,omitempty"`
	ValidFrom    string     `json:"valid_from,omitempty"` // YYYY-MM-DD
	ValidTo      string     `json:"valid_to,omitempty"`   // YYYY-MM-DD or long-term
	PhotoWLT     []byte     `json:"photo_wlt_base64,omitempty"`
	Photo        []byte     `json:"photo_png_base64,omitempty"` // PNG; only where the site has a decoder
	PhotoState   PhotoState `json:"photo_state,omitempty"`
	SAMNumber    string     `json:"sam_number,omitempty"`
	ElapsedMS    int64      `json:"elapsed_ms,omitempty"` // card found to record parsed
}

func (c IDCard) String() string { return "[身份证 " + c.Type + "]" }

// LogValue hides the person in structured logs.
func (c IDCard) LogValue() slog.Value { return slog.StringValue(c.String()) }

// PhotoState says what became of the photo (相片状态). A card without a picture is read all the same.
type PhotoState string

// Photo states.
const (
	PhotoEncoded   PhotoState = "encoded"   // there is no decoder: the block is handed on as the card has it
	PhotoDecoded   PhotoState = "decoded"   // Photo is it
	PhotoNoDecoder PhotoState = "noDecoder" // one is configured and not installed
	PhotoCrashed   PhotoState = "crashed"   // the decoder ended with an error
	PhotoLate      PhotoState = "late"      // it did not answer in time
	PhotoGarbage   PhotoState = "garbage"   // it answered no picture
)

// CardEvent is one step of a read as the screen shows it (读卡进度).
type CardEvent string

// Card events.
const (
	CardFound   CardEvent = "found"   // on the reader: do not take it away
	CardReading CardEvent = "reading" // selected, data under way
	CardNoise   CardEvent = "noise"   // garbled, asked again
)

// IDCardReader reads resident ID cards and residence permits (居民身份证阅读器, GA 450).
type IDCardReader interface {
	Device
	// Find reports whether a card lies on the reader now; at most 400 ms.
	Find(ctx context.Context) (bool, error)
	// Read waits for a card until ctx ends, reads it and returns. A card that never came is CodeTimeOut/ReasonNoCard;
	// one taken away early is CodeUserError/ReasonCardTakenAway. Every failure is reported within 3 s of its cause.
	// on may be nil; it is called from the reading goroutine and must not block.
	Read(ctx context.Context, on func(CardEvent)) (IDCard, error)
	// WaitRemoved returns when the card is gone or ctx ends.
	WaitRemoved(ctx context.Context) error
}
