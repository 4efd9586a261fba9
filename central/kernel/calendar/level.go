package calendar

// Level is how urgent a clock is (预警等级): the default rule set; a hall may set its own rules beside it.
type Level string

// Levels, mildest first.
const (
	Green   Level = "green"  // more than half of the budget is left
	Blue    Level = "blue"   // 提醒: half or less
	Yellow  Level = "yellow" // a fifth or less, or one day
	Red     Level = "red"    // the promise is overrun
	RedPlus Level = "red+"   // the statutory limit is overrun: illegal
)

// LevelOf grades a clock with remaining of budget days left. A budget of one day or none is yellow from the start.
func LevelOf(remaining, budget int, overPromise, overStatutory bool) Level {
	switch {
	case overStatutory:
		return RedPlus
	case overPromise:
		return Red
	case remaining <= 1 || remaining*5 <= budget:
		return Yellow
	case remaining*2 <= budget:
		return Blue
	}
	return Green
}

// Word is what a person reads beside the shape.
func (l Level) Word() string {
	switch l {
	case Blue:
		return "提醒"
	case Yellow:
		return "快到期"
	case Red:
		return "超期"
	case RedPlus:
		return "法定超期"
	}
	return "正常"
}
