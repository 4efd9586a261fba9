package app

import (
	"fmt"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/sheets"
)

// SampleSheet makes a spreadsheet of n new items to try an import with (导入样例): in the 5th and the 13th row the body's credit code
// has a wrong check digit, and the 20th row has the code of the 19th. Rows count from the first item, which stands in line 3.
func SampleSheet(s Seed, n int) ([]byte, error) {
	var made []catalogue.Entry
	for _, en := range s.Items {
		if len(made) == n {
			break
		}
		if en.Offered("kiosk") || en.TaskCode == "" || len(en.Materials) == 0 {
			continue
		}
		no := len(made) + 1
		en.Code, en.Name = fmt.Sprintf("sample%03d", no), en.Name+"（导入样例）"
		en.National.CatalogCode = fmt.Sprintf("51079998%04d", no)
		en.TaskCode = en.OfficeCode + en.National.UseLevel + en.National.CatalogCode
		made = append(made, en)
	}
	if len(made) < n {
		return nil, fmt.Errorf("the seed has only %d items to make samples of", len(made))
	}
	for _, at := range []int{4, 12} {
		if at < n {
			en := &made[at]
			en.OfficeCode = en.OfficeCode[:17] + string(otherThan(en.OfficeCode[17]))
			en.TaskCode = en.OfficeCode + en.TaskCode[18:]
		}
	}
	if n > 19 {
		made[19].TaskCode, made[19].National.CatalogCode = made[18].TaskCode, made[18].National.CatalogCode
		made[19].OfficeCode, made[19].Office, made[19].National.UseLevel = made[18].OfficeCode, made[18].Office, made[18].National.UseLevel
	}
	return sheets.Write(made)
}

func otherThan(c byte) byte {
	if c == '0' {
		return '1'
	}
	return '0'
}
