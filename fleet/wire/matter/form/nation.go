package form

// nations are the peoples by their code (民族, GB/T 3304), as the card's chip writes them, from 01.
var nations = [...]string{
	"汉族", "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "布依族", "朝鲜族",
	"满族", "侗族", "瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "傣族", "黎族", "傈僳族",
	"佤族", "畲族", "高山族", "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜族", "土族",
	"达斡尔族", "仫佬族", "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯族", "阿昌族", "普米族",
	"塔吉克族", "怒族", "乌孜别克族", "俄罗斯族", "鄂温克族", "德昂族", "保安族", "裕固族", "京族", "塔塔尔族",
	"独龙族", "鄂伦春族", "赫哲族", "门巴族", "珞巴族", "基诺族",
}

// Nation returns the name for a two-digit code; "" for a code that is none. 97 and 98 are 其他 and 外国血统中国籍人士.
func Nation(code string) string {
	switch code {
	case "97":
		return "其他"
	case "98":
		return "外国血统中国籍人士"
	}
	if len(code) != 2 || !digits(code) {
		return ""
	}
	n := int(code[0]-'0')*10 + int(code[1]-'0')
	if n < 1 || n > len(nations) {
		return ""
	}
	return nations[n-1]
}
