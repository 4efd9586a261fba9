package check

// verifyTask checks 18 characters of the body's credit code, one digit for the level at which it acts, twelve characters of the base
// code, and optionally two digits for the 办理项. There is no check digit of its own, so the credit code inside must be right.
func verifyTask(code string) Verdict {
	if len(code) != 31 && len(code) != 33 {
		return invalid(code, "应为 31 位：机构代码 18 位、层级 1 位、基本编码 12 位；办理项再加 2 位")
	}
	if message := usccFault(code[:18]); message != "" {
		return invalid(code, "前 18 位机构代码有误："+message)
	}
	if code[18] < '0' || code[18] > '9' {
		return invalid(code, "第 19 位行使层级应是数字")
	}
	for i := 19; i < 31; i++ {
		if alphanumeric(code[i]) < 0 {
			return invalid(code, "基本编码只能用数字和大写字母")
		}
	}
	if !allDigits(code[31:]) {
		return invalid(code, "最后两位办理项序号应是数字")
	}
	if code[18] < '1' || code[18] > '6' {
		return warning(code, "第 19 位行使层级应在 1（国家级）到 6（村级）之间")
	}
	return valid(code)
}
