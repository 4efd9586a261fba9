package privacy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"tongban/deploy/sim/idcard"
)

// person is one invented citizen with everything that may not be found.
type person struct {
	idcard.Person
	Phone, Street, Bank string
}

// secrets are the values of one person, by kind.
func (p person) secrets() map[string]string {
	return map[string]string{"id_number": p.IDNumber, "name": p.Name, "phone": p.Phone, "address": p.Address, "street": p.Street, "bank": p.Bank}
}

// generate makes n people that nobody is: the county code 510799 is not assigned. Every value is its own, so that whatever
// is found names its owner.
func generate(n int, seed uint64) []person {
	r := rand.New(rand.NewPCG(seed, 1))
	const surnames, given = "郗鄢亓仉郜阚佴伯宓缑", "翊煊珩曌旻霈堃璟琤澍忞昇"
	out := make([]person, n)
	for i := range out {
		var p person
		name := []rune{[]rune(surnames)[i%10], []rune(given)[i/10%12], []rune(given)[(i*5+i/10)%12]}
		p.Key, p.Label, p.Type = fmt.Sprintf("gen%02d", i), "生成", "resident"
		p.Name, p.Sex, p.Nation = string(name), fmt.Sprint(1+i%2), "01"
		p.Birth = fmt.Sprintf("19%02d%02d%02d", 40+r.IntN(6), 1+r.IntN(12), 1+r.IntN(28))
		p.IDNumber = checked("510799" + p.Birth + fmt.Sprintf("%03d", 100+i*2+i%2))
		p.Address = fmt.Sprintf("四川省绵阳市样例区检寻路%d号%d栋%d号", 300+i, 1+r.IntN(9), 100+i)
		p.Issuer, p.ValidFrom, p.ValidTo = "绵阳市公安局样例分局", "20180306", "长期"
		p.Phone = fmt.Sprintf("139%08d", 31000000+i*7919+r.IntN(7000))
		p.Street = fmt.Sprintf("寻踪巷%d号%d栋%d", 500+i, 1+r.IntN(9), 200+i)
		p.Bank = luhn(fmt.Sprintf("622202%012d", 700000000000+int64(i)*104729))
		out[i] = p
	}
	return out
}

// checked adds the check character of GB 11643.
func checked(s string) string {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

// luhn adds the check digit of a bank card.
func luhn(s string) string {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return s + fmt.Sprint((10-sum%10)%10)
}

// cards writes the people as a file for the emulated readers.
func cards(t *testing.T, file string, people []person) {
	t.Helper()
	all := make([]idcard.Person, len(people))
	for i := range people {
		all[i] = people[i].Person
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := idcard.ParsePeople(b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestThePeopleAreApart(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range generate(50, 7) {
		for kind, v := range p.secrets() {
			if seen[v] {
				t.Errorf("%s %q comes twice", kind, v)
			}
			seen[v] = true
		}
	}
}
