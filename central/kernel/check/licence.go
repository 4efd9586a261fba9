package check

import "strings"

// licenceRoot is the object identifier all electronic licences of the national platform start with.
const licenceRoot = "1.2.156.3005.2."

// verifyLicence checks root.type.body.serial.version.check. The type is the code of the body that defines it and three digits; the
// body may be a credit code or an older register number, so only its characters are judged.
func verifyLicence(id string) Verdict {
	rest, ok := strings.CutPrefix(id, licenceRoot)
	if !ok {
		return invalid(id, "应以 1.2.156.3005.2 开头")
	}
	parts := strings.Split(rest, ".")
	if len(parts) != 5 {
		return invalid(id, "应有五段：类型、颁发机构、流水号、版本号、校验位")
	}
	kind, version, check := parts[0], parts[3], parts[4]
	switch {
	case len(kind) != 21 || !allDigits(kind[18:]):
		return invalid(id, "第一段应是 18 位机构代码加 3 位数字")
	case parts[1] == "" || len(parts[1]) > 32 || parts[2] == "" || len(parts[2]) > 64:
		return invalid(id, "颁发机构和流水号不能空，也不能过长")
	case len(version) != 3 || !allDigits(version):
		return invalid(id, "版本号应是 3 位数字")
	case len(check) != 1:
		return invalid(id, "校验位应是一个字符")
	}
	want, ok := mod3736(strings.Join(parts[:4], ""))
	if !ok {
		return invalid(id, "只能用数字、大写字母和点")
	}
	if want != check[0] {
		return invalid(id, "校验位不对，请对照证照再看一遍")
	}
	if usccFault(kind[:18]) != "" {
		return warning(id, "校验位正确，但第一段里的机构代码校验不对")
	}
	return valid(id)
}

// mod3736 is the hybrid system of ISO 7064 over the 36 characters 0–9 A–Z.
func mod3736(body string) (check byte, ok bool) {
	const modulus = 36
	product := modulus
	for i := range len(body) {
		value := alphanumeric(body[i])
		if value < 0 {
			return 0, false
		}
		sum := (product + value) % modulus
		if sum == 0 {
			sum = modulus
		}
		product = sum * 2 % (modulus + 1)
	}
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(modulus+1-product)%modulus], true
}
