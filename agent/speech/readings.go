package speech

import "strings"

// readings are words in which a character is not read as the engine reads it when it stands alone (多音字), written with characters of the
// right sound. It knows characters one by one; these are the words of the screens and of everyday matters.
var readings = strings.NewReplacer(
	"重新", "虫新", "重拍", "虫拍", "重写", "虫写", "重复", "虫复", "重试", "虫试", "重庆", "虫庆",
	"长辈", "掌辈", "家长", "家掌", "院长", "院掌", "增长", "增掌",
	"银行", "银航", "行业", "航业", "同行业", "同航业", "分行", "分航", "支行", "支航",
	"会计", "快计", "调整", "条整", "调解", "条解", "调节", "条节", "处理", "楚理", "处分", "楚分", "更换", "耕换", "变更", "变耕",
	"取得", "取德", "归还", "归环", "退还", "退环", "偿还", "偿环", "要求", "腰求", "尽快", "紧快", "校验", "叫验", "校对", "叫对",
	"相片", "像片", "假期", "驾期", "休假", "休驾", "放假", "放驾", "数一数", "属一属", "办不了", "办不料", "打不了", "打不料",
	"地", "弟", "%", "百分号",
)

// read writes a text as the engine reads it rightly.
func read(text string) string { return readings.Replace(text) }
