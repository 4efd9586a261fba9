package form

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// formats are the ones beside those of JSON Schema. Each returns the sentence for the person, "" when the value is right.
var formats = map[string]func(string) string{
	"cn-id":     citizenID,  // 公民身份号码, GB 11643
	"cn-cert":   cardNumber, // number of any document that identifies a person
	"cn-mobile": mobile,     // 手机号码
	"cn-uscc":   uscc,       // 统一社会信用代码, GB 32100
	"cn-name":   personName, // 姓名
	"bank-card": bankCard,   // 银行卡、社保卡金融账号, Luhn
	"cn-date":   day,        // a day since 1900 in the form 2026-11-26
}

func count(s string) int { return utf8.RuneCountInString(s) }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// counted compares a length with the right one and counts what is missing.
func counted(what string, got, want int) string {
	switch {
	case got < want:
		return fmt.Sprintf("%s是%d位，现在只有%d位，还差%d位", what, want, got, want-got)
	case got > want:
		return fmt.Sprintf("%s是%d位，现在有%d位，多了%d位", what, want, got, got-want)
	}
	return ""
}

func mobile(s string) string {
	switch {
	case !digits(s):
		return "手机号只有数字，中间不要空格和横线"
	case len(s) != 11:
		return counted("手机号", len(s), 11)
	case s[0] != '1' || s[1] < '3':
		return "手机号以13到19开头，请看看前两位"
	}
	return ""
}

// citizenID checks length, birth date and check character. The region is not judged: people keep numbers of counties that were
// renamed or abolished long ago.
func citizenID(s string) string {
	if n := count(s); n != 18 {
		return counted("身份证号", n, 18)
	}
	if len(s) != 18 || !digits(s[:17]) || (s[17] != 'X' && !digits(s[17:])) {
		return "身份证号前17位是数字，最后一位是数字或大写X"
	}
	if birth, err := time.Parse("20060102", s[6:14]); err != nil || birth.Year() < 1800 {
		return "身份证号第7到14位应是出生日期，请对照证件"
	}
	sum := 0
	for i, weight := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(s[i]-'0')
	}
	if "10X98765432"[sum%11] != s[17] {
		return "身份证号有一位对不上，请对照证件再看一遍"
	}
	return ""
}

// cardNumber takes the number of every document that people are identified by here: a citizen's, that of a foreigner's permit (2017
// form: three letters and twelve digits), and the numbers of travel documents. What fits none of them is judged as a citizen's,
// which is what people type.
func cardNumber(s string) string {
	if foreignPermit.MatchString(s) || travelDocument(s) {
		return ""
	}
	return citizenID(s)
}

var (
	foreignPermit = regexp.MustCompile(`^[A-Z]{3}[0-9]{12}$`)
	homePermit    = regexp.MustCompile(`^[HM]([0-9]{8}|[0-9]{10})$`) // 港澳居民来往内地通行证, the older one with its edition
	ninePlaces    = regexp.MustCompile(`^[A-Z0-9]{6,9}$`)            // ICAO 9303-4: nine at most
)

// travelDocument takes passports and permits (护照、通行证). Digits alone are eight (台湾居民来往大陆通行证) or nine: fewer or more
// are a citizen's number that is not typed out.
func travelDocument(s string) bool {
	if homePermit.MatchString(s) {
		return true
	}
	figures := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			figures++
		}
	}
	return ninePlaces.MatchString(s) && figures >= 4 && (figures < len(s) || figures >= 8)
}

func uscc(s string) string {
	if n := count(s); n != 18 {
		return counted("统一社会信用代码", n, 18)
	}
	const symbols = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for i := range len(s) {
		value := strings.IndexByte(symbols, s[i])
		if value < 0 {
			return "信用代码用数字和大写字母，没有I、O、S、V、Z"
		}
		if i < 17 {
			sum, weight = sum+value*weight, weight*3%31
		}
	}
	if symbols[(31-sum%31)%31] != s[17] {
		return "信用代码有一位对不上，请对照营业执照"
	}
	return ""
}

func bankCard(s string) string {
	switch n := len(s); {
	case !digits(s):
		return "卡号只有数字，中间不要空格"
	case n < 16:
		return fmt.Sprintf("卡号至少16位，现在只有%d位，还差%d位", n, 16-n)
	case n > 19:
		return fmt.Sprintf("卡号最多19位，现在有%d位，多了%d位", n, n-19)
	}
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	if sum%10 != 0 {
		return "卡号有一位对不上，请对照卡面再看一遍"
	}
	return ""
}

// personName takes Chinese names, the dot of minority names, and Latin names as they stand on foreigners' cards.
func personName(s string) string {
	n := count(s)
	if n < 2 {
		return "姓名至少2个字，请写全名"
	}
	if n > 50 {
		return fmt.Sprintf("姓名最多50个字，多了%d个字", n-50)
	}
	for _, c := range s {
		if c < 'A' && c != ' ' && c != '\'' && c != '-' && c != '.' && c != ',' {
			return "姓名里不要数字和符号，中间的点写成“·”"
		}
	}
	return ""
}

func day(s string) string {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "日期要写成2026-11-26这样，并且是真有的一天"
	}
	if d.Year() < 1900 {
		return "年份太早了，请核对"
	}
	return ""
}
