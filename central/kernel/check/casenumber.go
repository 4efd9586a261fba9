package check

import "time"

// casePrefix is the city's own prefix of case and receipt numbers.
const casePrefix = "MY"

// verifyCase checks MY261123-00151-1: date, running number of the day, check digit. People read this number over the telephone, so
// the digit must catch every single wrong digit and nearly every swap of neighbours; Luhn does, and window staff know it from cards.
func verifyCase(number string) Verdict {
	const form = "应为 MY、6 位日期、5 位序号和 1 位校验，如 MY261123-00151-1"
	if len(number) != len("MY261123-00151-1") || number[:2] != casePrefix || number[8] != '-' || number[14] != '-' {
		return invalid(number, form)
	}
	digits := number[2:8] + number[9:14]
	if !allDigits(digits) || !allDigits(number[15:]) {
		return invalid(number, form)
	}
	if _, err := time.Parse("060102", number[2:8]); err != nil {
		return invalid(number, "前 6 位不是真实的日期")
	}
	if Luhn(digits) != number[15] {
		return invalid(number, "校验位不对，请再看一遍")
	}
	return valid(number)
}

// Luhn returns the check digit for a string of decimal digits, '0' to '9'; whoever numbers cases appends it.
func Luhn(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return '0' + byte((10-sum%10)%10)
}
