package relay

import (
	"testing"

	"tongban/drivers"
)

func TestParams(t *testing.T) {
	c, err := decodeParams(drivers.Params{"outputs": "fill=1, card=4", "door_input": "2", "door_closed": "off", "unit": "7"})
	if err != nil || c.unit != 7 || c.most() != 4 || c.door != 1 || c.shut || len(c.outputs) != 2 || c.outputs[1] != (output{"card", 3}) {
		t.Errorf("%+v %v", c, err)
	}
	for _, p := range []drivers.Params{
		nil, {"outputs": ""}, {"outputs": "fill"}, {"outputs": "fill=0"}, {"outputs": "fill=65"}, {"outputs": "fill=1,fill=2"}, {"outputs": "a=1,b=1"}, {"outputs": 1},
		{"outputs": "a=1", "unit": "0"}, {"outputs": "a=1", "unit": "248"}, {"outputs": "a=1", "door_closed": "shut"}, {"outputs": "a=1", "door_input": "x"}, {"outputs": "a=1", "other": "x"},
	} {
		if _, err := decodeParams(p); err == nil {
			t.Errorf("%v: taken", p)
		}
	}
}
