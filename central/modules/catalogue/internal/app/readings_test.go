package app

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

var update = flag.Bool("update", false, "write golden files and generated lists anew")

const readingList = "../../../../../fleet/wire/matter/readings.txt"

// The terminal has no dictionary: the readings of the 6763 characters of GB 2312 are written down for it.
func TestReadingsFollowTheDictionary(t *testing.T) {
	want := list(t)
	if *update {
		if err := os.WriteFile(readingList, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(readingList)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the dictionary says: run this test with -update", readingList)
	}
}

func list(t *testing.T) string {
	t.Helper()
	chars := map[string][]rune{}
	for high := byte(0xB0); high <= 0xF7; high++ {
		for low := byte(0xA1); low <= 0xFE; low++ {
			text, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte{high, low})
			c := []rune(string(text))
			if err != nil || len(c) != 1 || c[0] == '\uFFFD' {
				continue
			}
			for _, s := range Readings(c[0]) {
				chars[s] = append(chars[s], c[0])
			}
		}
	}
	var b strings.Builder
	for _, s := range slices.Sorted(maps.Keys(chars)) {
		fmt.Fprintf(&b, "%s %s\n", s, string(chars[s]))
	}
	return b.String()
}
