// Command gen prints the TypeScript types of the touch screen's contract from the Go ones (类型生成), so that a field
// renamed in agent/screen is a compile error in kioskui.
//
//	go run ./deploy/cmd/gen [-check] kioskui/src/gen/screen.ts
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"

	"tongban/agent/screen"
)

// roots are the documents and bodies of agent/screen; what they hold is found from them.
var roots = []any{
	screen.State{}, screen.Problem{}, screen.Items{}, screen.ItemDetail{}, screen.Bulletin{}, screen.Preview{}, screen.Pen{}, screen.Capture{},
	screen.Progress{}, screen.Revealed{}, screen.Document{}, screen.Say{}, screen.EndVisit{}, screen.Choose{}, screen.Answer{}, screen.Entries{},
	screen.InstallAnswer{}, screen.InstallShot{}, screen.InstallDrop{}, screen.InstallRead{}, screen.OpenService{}, screen.TestDevice{}, screen.TraceDevice{}, screen.TouchResult{}, screen.SetVolume{}, screen.SetBrightness{}, screen.SetControl{}, screen.Shoot{}, screen.Keep{}, screen.Defer{}, screen.Sign{}, screen.Unsign{}, screen.SlipAnswer{}, screen.Rate{},
}

func main() {
	check := flag.Bool("check", false, "fail when the file is not what would be written")
	flag.Parse()
	if err := run(flag.Arg(0), *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(path string, check bool) error {
	var p printer
	for _, r := range roots {
		p.add(reflect.TypeOf(r))
	}
	out := p.bytes()
	if check {
		have, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read generated types: %w", err)
		}
		if !bytes.Equal(have, out) {
			return fmt.Errorf("%s is not current: run make gen", path)
		}
		return nil
	}
	if err := os.WriteFile(path, out, 0o644); err != nil {
		return fmt.Errorf("write types: %w", err)
	}
	return nil
}
