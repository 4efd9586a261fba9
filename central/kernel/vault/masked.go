package vault

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// The masked types hold personal data in the clear and show it masked in every
// text: String, fmt with any verb, slog and JSON. Reveal gives the value, to
// be called where the law lets it be seen.

// ID is a resident ID or other paper number (证件号码).
type ID string

// Name is a person's name (姓名).
type Name string

// Phone is a telephone number (电话).
type Phone string

// Address is where a person lives (住址).
type Address string

// Reveal returns the value in the clear.
func (v ID) Reveal() string { return string(v) }

// Reveal returns the value in the clear.
func (v Name) Reveal() string { return string(v) }

// Reveal returns the value in the clear.
func (v Phone) Reveal() string { return string(v) }

// Reveal returns the value in the clear.
func (v Address) Reveal() string { return string(v) }

func (v ID) String() string      { return MaskID(string(v)) }
func (v Name) String() string    { return MaskName(string(v)) }
func (v Phone) String() string   { return MaskPhone(string(v)) }
func (v Address) String() string { return MaskAddress(string(v)) }

// LogValue implements slog.LogValuer: a log does not need even the masked text.
func (ID) LogValue() slog.Value { return slog.StringValue("[证件号码]") }

// LogValue implements slog.LogValuer.
func (Name) LogValue() slog.Value { return slog.StringValue("[姓名]") }

// LogValue implements slog.LogValuer.
func (Phone) LogValue() slog.Value { return slog.StringValue("[电话]") }

// LogValue implements slog.LogValuer.
func (Address) LogValue() slog.Value { return slog.StringValue("[住址]") }

// MarshalJSON writes the masked text.
func (v ID) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// MarshalJSON writes the masked text.
func (v Name) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// MarshalJSON writes the masked text.
func (v Phone) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// MarshalJSON writes the masked text.
func (v Address) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// Format keeps %#v, %x and every other verb from showing the value.
func (v ID) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// Format keeps every verb from showing the value.
func (v Name) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// Format keeps every verb from showing the value.
func (v Phone) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// Format keeps every verb from showing the value.
func (v Address) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// Bank is a bank account number (银行卡号).
type Bank string

// Reveal returns the value in the clear.
func (v Bank) Reveal() string { return string(v) }

func (v Bank) String() string { return MaskBank(string(v)) }

// LogValue implements slog.LogValuer.
func (Bank) LogValue() slog.Value { return slog.StringValue("[银行卡号]") }

// MarshalJSON writes the masked text.
func (v Bank) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// Format keeps every verb from showing the value.
func (v Bank) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }
