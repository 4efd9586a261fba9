package relay

import (
	"testing"

	"tongban/drivers"
)

func TestParams(t *testing.T) {
	if c, err := decodeParams(drivers.Params{"unit": "3", "input": "4", "closed": "off"}); err != nil || c != (config{unit: 3, input: 3}) {
		t.Errorf("%+v %v", c, err)
	}
	for _, p := range []drivers.Params{{"unit": "0"}, {"input": "0"}, {"input": "x"}, {"closed": "shut"}, {"other": "1"}, {"input": 1}} {
		if _, err := decodeParams(p); err == nil {
			t.Errorf("%v: taken", p)
		}
	}
}
