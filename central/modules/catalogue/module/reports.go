package module

import (
	"context"
	"fmt"
	"io"

	"tongban/central/modules/catalogue/internal/app"
	"tongban/central/modules/catalogue/internal/sheets"
	"tongban/central/modules/catalogue/seed"
)

// SampleSheet returns a spreadsheet of n new items to try an import with (导入样例): two have a wrong check digit, one a code that
// stands twice.
func SampleSheet(n int) ([]byte, error) {
	s, err := app.ReadSeed(seed.FS)
	if err != nil {
		return nil, fmt.Errorf("read seed: %w", err)
	}
	return app.SampleSheet(s, n)
}

// SeedSheet returns the items the product ships as a spreadsheet (实施清单).
func SeedSheet() ([]byte, error) {
	s, err := app.ReadSeed(seed.FS)
	if err != nil {
		return nil, fmt.Errorf("read seed: %w", err)
	}
	return sheets.Write(s.Items)
}

// Report writes how far the elements of the items the product ships are filled in (要素完整性报告), and what the check finds.
func Report(_ context.Context, w io.Writer) error {
	s, err := app.ReadSeed(seed.FS)
	if err != nil {
		return fmt.Errorf("read seed: %w", err)
	}
	return app.WriteReport(w, s)
}
