package check

import "strings"

// usccSymbols are the 31 symbols of GB 32100 in the order of their values: no I, O, S, V, Z.
const usccSymbols = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func verifyUSCC(code string) Verdict {
	if message := usccFault(code); message != "" {
		return invalid(code, message)
	}
	if !innerRight(code[8:17]) {
		// Codes given out when registers were merged keep an inner code that does not compute; the outer one decides.
		return warning(code, "整体校验正确，但第 9 到 17 位的组织机构代码校验不对，请核对登记证")
	}
	return valid(code)
}

// usccFault returns what is wrong with the code, and the empty string when it is right by GB 32100.
func usccFault(code string) string {
	if len(code) != 18 {
		return "应为 18 位"
	}
	sum, weight := 0, 1
	for i := range 18 {
		value := strings.IndexByte(usccSymbols, code[i])
		if value < 0 {
			return "只能用数字和大写字母，并且没有 I、O、S、V、Z"
		}
		if i < 17 {
			sum += value * weight
			weight = weight * 3 % 31
		}
	}
	if !allDigits(code[2:8]) {
		return "第 3 到 8 位应是登记机关的行政区划代码（数字）"
	}
	if usccSymbols[(31-sum%31)%31] != code[17] {
		return "校验位不对，请对照登记证再看一遍"
	}
	return ""
}

// innerRight checks the organisation code inside (组织机构代码, GB 11714): eight symbols and a check character.
func innerRight(code string) bool {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * alphanumeric(code[i])
	}
	return "0X987654321"[sum%11] == code[8]
}

// alphanumeric is the value of 0–9 and A–Z as 0–35; −1 for anything else.
func alphanumeric(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b >= 'A' && b <= 'Z':
		return int(b-'A') + 10
	}
	return -1
}
