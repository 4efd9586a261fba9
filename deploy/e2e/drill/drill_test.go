// Package drill holds the rehearsal of a restore as a test (恢复演练测试), small and on SQLite; make drill does it on both
// databases with more cases.
package drill

import (
	"os"
	"testing"

	"tongban/deploy/drill"
)

func TestLostCentreIsBackFromItsBackup(t *testing.T) {
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	got, err := drill.Run(t.Context(), drill.Options{Bin: bin, Dir: t.TempDir(), Cases: 2})
	t.Logf("%+v", got)
	if err != nil || !got.Green {
		t.Errorf("not green: %v", err)
	}
}
