package form

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// formatFault is the whole sentence of a format, in Chinese.
type formatFault string

func (f formatFault) Error() string { return string(f) }

// Unwanted is said of an entry in a group that is hidden by what was filled in before.
const Unwanted = "按前面填的，这一项不用填"

// missing asks for what is not there.
func (f field) missing() string {
	switch {
	case f.shape == multi:
		return "请选" + f.label
	case f.shape == rows:
		return "请填写" + f.label + "，至少一条"
	case f.sourced && f.widget == "readonly":
		return "没有从身份证读到" + f.label + "，请把身份证再放一次"
	case f.widget == "choice" || f.widget == "district":
		return "请选" + f.label
	case f.widget == "date":
		return "请选" + f.label + "，要写到哪一天"
	}
	return "请填写" + f.label
}

// message puts one rule that does not hold into words. Where it is no whole sentence, the label belongs in front.
func (f field) message(k jsonschema.ErrorKind) (text string, whole bool) {
	switch k := k.(type) {
	case *kind.MinLength:
		return fmt.Sprintf("至少%d%s，还差%d%s", k.Want, f.unit(), k.Want-k.Got, f.unit()), false
	case *kind.MaxLength:
		return fmt.Sprintf("最多%d%s，多了%d%s", k.Want, f.unit(), k.Got-k.Want, f.unit()), false
	case *kind.Format:
		if fault, ok := k.Err.(formatFault); ok {
			return string(fault), true
		}
		return "的写法不对，请对照提示再填", false
	case *kind.Pattern:
		if f.hint != "" {
			return f.hint, true
		}
		return "的写法不对，请对照提示再填", false
	case *kind.Enum:
		if f.shape == multi {
			return "请从列出的里面选", true
		}
		return "请从列出的里面选一个", true
	case *kind.MinItems:
		return fmt.Sprintf("至少%s%d%s，还差%d%s", f.act(), k.Want, f.unit(), k.Want-k.Got, f.unit()), false
	case *kind.MaxItems:
		return fmt.Sprintf("最多%s%d%s，多了%d%s", f.act(), k.Want, f.unit(), k.Got-k.Want, f.unit()), false
	case *kind.UniqueItems:
		return "里有一样的，请去掉一个", false
	case *kind.Const:
		return "和前面填的不一致，请核对", false
	case *kind.Minimum:
		return "不能小于" + number(k.Want), false
	case *kind.Maximum:
		return "不能大于" + number(k.Want), false
	case *kind.ExclusiveMinimum:
		return "要大于" + number(k.Want), false
	case *kind.ExclusiveMaximum:
		return "要小于" + number(k.Want), false
	case *kind.MultipleOf:
		return "只能写到" + number(k.Want), false
	case *kind.FalseSchema:
		return Unwanted, true
	case *kind.Type:
		if len(k.Want) > 0 && (k.Want[0] == "integer" || k.Want[0] == "number") {
			return "要填数字", false
		}
	}
	return "填写的内容不对，请重新填", true
}

// act is what is done with a list.
func (f field) act() string {
	if f.shape == multi {
		return "选"
	}
	return "填"
}

// unit counts digits in 位, choices in 项, lines in 条, other text in 个字.
func (f field) unit() string {
	switch f.shape {
	case multi:
		return "项"
	case rows:
		return "条"
	}
	if f.widget == "digits" || f.widget == "phone" {
		return "位"
	}
	return "个字"
}

func number(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(r.FloatString(4), "0")
}
