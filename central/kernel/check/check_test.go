package check_test

import (
	"strings"
	"testing"

	"tongban/central/kernel/check"
)

const root = "1.2.156.3005.2."

func TestVerify(t *testing.T) {
	for _, tt := range []struct {
		kind  check.Kind
		value string
		want  check.State
	}{
		// Examples that circulate from the standards, and public ones.
		{check.ID, "11010519491231002X", check.Valid},
		{check.ID, "440524188001010014", check.Valid},
		{check.ID, "34052419800101001X", check.Valid},
		{check.ID, "360426199101010071", check.Valid},
		{check.ID, "  11010519491231002X\n", check.Valid},
		// Nobody's numbers: the county code is not assigned.
		{check.ID, "510799199001010018", check.Warning},
		{check.ID, "510799198512310026", check.Warning},
		{check.ID, "510799200802290035", check.Warning},
		{check.ID, "510799195607080047", check.Warning},
		{check.ID, "510799202610010050", check.Warning},
		{check.ID, "110101197608056896", check.Invalid},
		{check.ID, "11010519491231002x", check.Invalid},
		{check.ID, "110105194912310021", check.Invalid},
		{check.ID, "110105194902300020", check.Invalid},
		{check.ID, "110105491231002", check.Invalid},
		{check.ID, "11010519491231002", check.Invalid},
		{check.ID, "1101051949123100２X", check.Invalid},
		{check.ID, "11010519491231O02X", check.Invalid},
		{check.ID, "", check.Invalid},

		{check.USCC, "91350100M000100Y43", check.Valid},
		{check.USCC, "91110000600037341L", check.Valid},
		{check.USCC, "11100000000013338W", check.Valid},
		{check.USCC, "11511301008778183N", check.Valid},
		{check.USCC, "115113010833722043", check.Valid},
		{check.USCC, "11370800MB28559184", check.Valid},
		{check.USCC, "91510799MA99DEM00X", check.Valid},
		{check.USCC, "92510799MA99DEM19P", check.Valid},
		{check.USCC, "115107990079900198", check.Valid},
		{check.USCC, "125107990079900270", check.Valid},
		{check.USCC, "93510799MA99DEM27F", check.Valid},
		{check.USCC, "91350100M000100Y44", check.Invalid},
		{check.USCC, "91350100MO00100Y43", check.Invalid},
		{check.USCC, "91350100MI00100Y43", check.Invalid},
		{check.USCC, "91350100m000100y43", check.Invalid},
		{check.USCC, "91350100M000100Y4", check.Invalid},

		{check.Licence, root + "11100000000013338W009.11330105002500287C.2025052201.002.0", check.Valid},
		{check.Licence, root + "11100000000013338W011.11430000006122244L.20230000403.001.U", check.Valid},
		{check.Licence, root + "11100000000013338W032.11220000013544541J.2430599.001.F", check.Valid},
		{check.Licence, root + "11100000MB03271699022.340100.000000016.001.9", check.Valid},
		{check.Licence, root + "11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.D", check.Valid},
		{check.Licence, root + "11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M", check.Invalid},
		{check.Licence, root + "115107990079900198001.115107990079900198.MYDEMO0000000001.001.V", check.Valid},
		{check.Licence, root + "115107990079900198001.115107990079900198.MYDEMO0000000001.002.T", check.Valid},
		{check.Licence, root + "115107990079900198001.115107990079900198.MYDEMO0000000002.001.F", check.Valid},
		{check.Licence, root + "115107990079900198001.115107990079900198.MYDEMO0000000002.001", check.Invalid},
		{check.Licence, "115107990079900198001.115107990079900198.MYDEMO0000000002.001.F", check.Invalid},

		{check.Task, "11370800MB285591843370117002011", check.Valid},
		{check.Task, "11370800MB28559184337011700201101", check.Valid},
		{check.Task, "11370800MB285591849370117002011", check.Warning},
		{check.Task, "11370800MB285591853370117002011", check.Invalid},
		{check.Task, "11370800MB28559184337011700201", check.Invalid},

		{"passport", "E12345678", check.Invalid},
	} {
		got := check.Verify(tt.kind, tt.value)
		if got.State != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.kind, tt.value, got, tt.want)
		}
		if (got.Message == "") != (got.State == check.Valid) {
			t.Errorf("%s %q: message %q goes badly with %s", tt.kind, tt.value, got.Message, got.State)
		}
	}
}

func TestNormalised(t *testing.T) {
	for _, tt := range []struct {
		kind        check.Kind
		value, want string
	}{
		{check.ID, "11010519491231002x", "11010519491231002X"},
		{check.ID, "110105 19491231 002X", "11010519491231002X"},
		{check.ID, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
		{check.USCC, "91350100m000100y43", "91350100M000100Y43"},
	} {
		got := check.Verify(tt.kind, tt.value)
		if got.OK() || got.Normalised != tt.want {
			t.Errorf("%q: %s, normalised %q, want invalid and %q", tt.value, got, got.Normalised, tt.want)
		}
		if again := check.Verify(tt.kind, got.Normalised); again.State != check.Valid {
			t.Errorf("%q, normalised: %s", tt.value, again)
		}
	}
}

// TestOneWrongCharacter changes every character of good numbers to every other one: none of these may pass.
func TestOneWrongCharacter(t *testing.T) {
	for kind, number := range map[check.Kind]string{
		check.ID: "510799199001010018", check.USCC: "115107990079900198",
		check.Licence: root + "115107990079900198001.115107990079900198.MYDEMO0000000001.001.V",
	} {
		for i := range number {
			for _, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-." {
				if number[i] == byte(c) {
					continue
				}
				wrong := number[:i] + string(c) + number[i+1:]
				if got := check.Verify(kind, wrong); got.OK() {
					t.Errorf("%s: %s passes for %s", kind, wrong, number)
				}
			}
		}
	}
}

func TestInnerCodeIsAWarning(t *testing.T) {
	// The outer check character fits a code whose inner one does not.
	const symbols = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for _, last := range symbols {
		got := check.Verify(check.USCC, "91510799MA99DEM01"+string(last))
		if got.State == check.Valid {
			t.Errorf("%c: valid although the inner check is wrong", last)
		}
		if got.State == check.Warning && !strings.Contains(got.Message, "组织机构代码") {
			t.Errorf("%c: %s", last, got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for _, s := range []string{"", "510799199001010018", "91350100M000100Y43", root + "....", "MY261123-00151-1", "𠮷１２３", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range check.Kinds() {
			v := check.Verify(kind, s)
			if v.OK() && v.Normalised != strings.TrimSpace(s) {
				t.Errorf("%s %q passes but is stored as %q", kind, s, v.Normalised)
			}
			if typed := strings.TrimSpace(s); len(typed) > 16 && strings.Contains(v.Message, typed) {
				t.Errorf("%s: the message repeats the number", kind)
			}
		}
	})
}
