package app

import (
	"bytes"
	"encoding/json"
	"fmt"

	"tongban/central/kernel/errs"
	"tongban/central/modules/catalogue"
)

// Bounds of an entry that comes from outside; the largest shipped one stays far below each.
const (
	maxText  = 20_000 // bytes of one text
	maxParts = 500    // of one list or object
	maxDeep  = 40     // parts inside of parts
)

// ReadEntry decodes an entry as an editor's page sends it, strictly: what it does not know could only get lost.
func ReadEntry(raw json.RawMessage) (catalogue.Entry, error) {
	var e catalogue.Entry
	bad := func(cause error) error {
		return errs.E(errs.Invalid, "catalogue.bad_entry", "保存的内容看不懂，请刷新页面后再改", cause)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, bad(fmt.Errorf("decode entry: %w", err))
	}
	var parts any
	if err := json.Unmarshal(raw, &parts); err != nil {
		return e, bad(fmt.Errorf("decode entry: %w", err))
	}
	if !bounded(parts, 0) {
		return e, errs.E(errs.Invalid, "catalogue.too_much", "有一处内容太长或太多，请分开写或写短些", nil)
	}
	return e, nil
}

func bounded(v any, depth int) bool {
	if depth > maxDeep {
		return false
	}
	switch v := v.(type) {
	case string:
		return len(v) <= maxText
	case []any:
		if len(v) > maxParts {
			return false
		}
		for _, x := range v {
			if !bounded(x, depth+1) {
				return false
			}
		}
	case map[string]any:
		if len(v) > maxParts {
			return false
		}
		for _, x := range v {
			if !bounded(x, depth+1) {
				return false
			}
		}
	}
	return true
}
