package httpx

import (
	"regexp"
	"strings"
)

// rule turns one of huma's English validation messages into Chinese by its
// keyword. Messages that quote the value or a pattern lose that part.
type rule struct {
	match *regexp.Regexp
	words string // $1… as in regexp.Expand
}

func r(pattern, words string) rule { return rule{regexp.MustCompile(pattern), words} }

// rules are tried in order; the last one matches everything.
var rules = []rule{
	r(`^expected required property (\S+) to be present$`, `缺少“${1}”，请补填`),
	r(`^expected property (\S+) to be present when (\S+) is present$`, `填了“${2}”就要填“${1}”`),
	r(`^required .* parameter is missing$`, `缺少这一项，请补填`),
	r(`^request body is required$`, `没有收到内容，请重新提交`),
	r(`^unexpected property$`, `没有这一项，请去掉`),
	r(`^unknown query parameter`, `没有这个查询条件，请去掉`),
	r(`^expected length >= 1$`, `不能为空，请填写`),
	r(`^expected length >= (\d+)$`, `至少要 ${1} 个字`),
	r(`^expected length <= (\d+)$`, `最多 ${1} 个字，请缩短`),
	r(`^expected array length >= (\d+)$`, `至少要 ${1} 项`),
	r(`^expected array length <= (\d+)$`, `最多 ${1} 项，请减少`),
	r(`^expected array items to be unique$`, `有重复的项，请去掉`),
	r(`^expected number >= (\S+)$`, `不能小于 ${1}`),
	r(`^expected number > (\S+)$`, `必须大于 ${1}`),
	r(`^expected number <= (\S+)$`, `不能大于 ${1}`),
	r(`^expected number < (\S+)$`, `必须小于 ${1}`),
	r(`^expected number to be a multiple of (\S+)$`, `必须是 ${1} 的倍数`),
	r(`^expected object with at least (\d+) properties$`, `至少要填 ${1} 项`),
	r(`^expected object with at most (\d+) properties$`, `最多填 ${1} 项`),
	r(`^expected value to be one of`, `不在可选范围内，请重新选择`),
	r(`^expected string to be RFC 3339 date-time`, `要填日期和时间`),
	r(`^expected string to be RFC 1123 date-time`, `要填日期和时间`),
	r(`^expected string to be RFC 3339 date`, `要填日期，例如 2026-11-25`),
	r(`^expected string to be RFC 3339 time`, `要填时间，例如 09:30:00`),
	r(`^expected string to be RFC 5322 email`, `不是电子邮箱地址，请改正`),
	r(`^expected string to be RFC 4122 uuid`, `编号的格式不对`),
	r(`^expected string to be RFC 3986 uri`, `不是网址，请改正`),
	r(`^expected string to be (either )?RFC \d+ ip`, `不是网络地址，请改正`),
	r(`^expected string to (be regex|match pattern|be )`, `格式不对，请按要求填写`),
	r(`^expected string to be base64 encoded$`, `编码不对，请重新上传`),
	r(`^expected (boolean|duration|number|integer|string|array|object)`, `类型不对，请刷新页面后再试`),
	r(`^invalid (boolean|integer|float|date/time|duration|.*)`, `格式不对，请改正`),
	r(`^expected value to (match|not match)`, `与允许的情况不符，请改正`),
	r(`^expected propertyName value`, `缺少类型说明`),
	r(`.*`, `不符合要求，请改正`),
}

func chinese(message string) string {
	message = strings.TrimSpace(message)
	for _, rule := range rules {
		if m := rule.match.FindStringSubmatchIndex(message); m != nil {
			return string(rule.match.ExpandString(nil, rule.words, message, m))
		}
	}
	return message
}
