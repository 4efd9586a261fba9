package check

import "time"

// Weights and check characters of GB 11643 (ISO 7064 MOD 11-2).
var (
	idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	idChecks  = "10X98765432"
)

// earliestBirth is the first year of birth taken as real. The example that goes with the standard is from 1880.
const earliestBirth = 1800

func verifyID(id string) Verdict {
	if len(id) == 15 && allDigits(id) {
		return invalid(id, "这是 15 位旧号，2013 年起已停用，请填 18 位")
	}
	if len(id) != 18 || !allDigits(id[:17]) || (id[17] != 'X' && !allDigits(id[17:])) {
		return invalid(id, "应为 18 位：前 17 位是数字，最后一位是数字或 X")
	}
	birth, err := time.Parse("20060102", id[6:14])
	if err != nil || birth.Year() < earliestBirth {
		return invalid(id, "第 7 到 14 位不是真实的出生日期")
	}
	if idCheck(id[:17]) != id[17] {
		return invalid(id, "校验位不对，请对照证件再看一遍")
	}
	if message := regions.judge(id[:6]); message != "" {
		return warning(id, message)
	}
	return valid(id)
}

// idCheck returns the check character for the first 17 digits.
func idCheck(digits string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += w * int(digits[i]-'0')
	}
	return idChecks[sum%11]
}
