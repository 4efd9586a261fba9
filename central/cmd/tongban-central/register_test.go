package main

import (
	"os"
	"strings"
	"testing"
)

// The list that the demonstration registers is the contract's: 20 kiosks and 30 desktop terminals, each of a model with its devices.
func TestShippedTerminals(t *testing.T) {
	f, err := os.Open("../../../deploy/stack/terminals.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	list, err := readTerminals(f)
	if err != nil {
		t.Fatal(err)
	}
	models, err := terminalModels()
	if err != nil {
		t.Fatal(err)
	}
	count, numbers := map[string]int{}, map[int]bool{}
	for _, s := range list {
		count[s.Model]++
		if numbers[s.Number] {
			t.Errorf("number %d stands twice", s.Number)
		}
		numbers[s.Number] = true
	}
	if count["kiosk-21"] != 20 || count["desk-15"] != 30 || len(list) != 50 {
		t.Errorf("the list: %v", count)
	}
	if len(models["kiosk-21"]) != 11 || len(models["desk-15"]) != 6 {
		t.Errorf("devices: %d and %d", len(models["kiosk-21"]), len(models["desk-15"]))
	}
	const head = "code,model,number,place,label,region\n"
	for text, want := range map[string]string{
		"code,model\n": "columns", head + "K-01,spaceship,1,a,b,c\n": "line 2", head + "K-01,kiosk-21,x,a,b,c\n": "number", head + "K-01,kiosk-21\n": "wrong number of fields", "": "head",
	} {
		if _, err := readTerminals(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
