package app

import (
	"image"
	"strings"

	"tongban/agent/screen"
	"tongban/drivers"
)

const cameraDown = "高拍仪没有应答，正在重新连接，通常几秒就好"

// liveWords is the line on the live picture: what is wrong now and what to do.
func liveWords(p drivers.Page, size image.Point) string {
	switch p.Verdict {
	case drivers.PageGood:
		return "找到页面了，很清楚"
	case drivers.PageNone:
		return "还没看到纸，请放进白框里"
	case drivers.PageBlurred:
		return "字还不清楚，请压平，手拿开"
	case drivers.PageDark:
		return "太暗了，请别挡住灯"
	case drivers.PageBright:
		return "反光了，请去掉塑料套，换个角度"
	case drivers.PageCut:
		return side(p, size) + "出了画面，请往中间挪"
	case drivers.PageEmpty:
		return "这一面是空白的，请翻过来"
	}
	return "请把纸放进白框里"
}

// refusal is title and reason of a page that is not taken: the reason, not a verdict on the person.
func refusal(p drivers.Page, size image.Point) (title, message string) {
	switch p.Verdict {
	case drivers.PageNone:
		return "没拍到纸，请再放一次", "白框里没有看到纸"
	case drivers.PageBlurred:
		return "这张看不清，请再放一次", "字糊了，压平后等画面不动再拍"
	case drivers.PageDark:
		return "这张太暗，请再拍一次", "光不够，手和身体别挡住灯"
	case drivers.PageBright:
		return "这张反光，请再放一次", "有一块白得看不见字，去掉塑料套再放"
	case drivers.PageCut:
		return "没拍全，请再放一次", side(p, size) + "出了画面，往中间挪一点"
	case drivers.PageEmpty:
		return "这一面是空白的", "请翻到有字的那一面再拍"
	case drivers.PageGood:
	}
	return "这张看不清，请再放一次", "请照右边三步再放一次"
}

// glassRefusal is the same for a scanner: what is wrong on its glass.
func glassRefusal(v drivers.PageVerdict) (title, message string) {
	switch v {
	case drivers.PageNone, drivers.PageEmpty:
		return "没扫到内容，请再放一次", "有字的一面要朝下，贴着玻璃"
	case drivers.PageBlurred:
		return "这张看不清，请再放一次", "字糊了，把纸压平，盖好盖子再扫"
	case drivers.PageDark, drivers.PageBright, drivers.PageCut, drivers.PageGood:
	}
	return "这张看不清，请再放一次", "盖好盖子再扫，别让光照进去"
}

// side names the edges of the picture that the page crosses, from the citizen's side.
func side(p drivers.Page, size image.Point) string {
	var out []string
	edge := func(name string, near func(image.Point) bool) {
		for _, c := range p.Corners {
			if near(c) {
				out = append(out, name)
				return
			}
		}
	}
	m := max(2, size.X/100)
	edge("左边", func(c image.Point) bool { return c.X <= m })
	edge("右边", func(c image.Point) bool { return c.X >= size.X-1-m })
	edge("上边", func(c image.Point) bool { return c.Y <= m })
	edge("下边", func(c image.Point) bool { return c.Y >= size.Y-1-m })
	if len(out) == 0 || len(out) > 2 {
		return "有一边"
	}
	return strings.Join(out, "和")
}

// checks are the three plain checks beside the picture.
func checks(v drivers.PageVerdict) []screen.PageCheck {
	found := v != drivers.PageNone
	return []screen.PageCheck{
		{Label: "四个角都在", OK: found && v != drivers.PageCut},
		{Label: "字看得清", OK: found && v != drivers.PageBlurred && v != drivers.PageEmpty},
		{Label: "光线合适", OK: found && v != drivers.PageDark && v != drivers.PageBright},
	}
}
