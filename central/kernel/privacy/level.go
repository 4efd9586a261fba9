package privacy

import "fmt"

// Level is a security label (安全标记), low to high.
type Level int

// The levels.
const (
	Open      Level = iota // 公开
	Internal               // 内部
	Sensitive              // 敏感
	Personal               // 个人敏感
)

var levels = [...]struct{ name, title string }{{"public", "公开"}, {"internal", "内部"}, {"sensitive", "敏感"}, {"personal", "个人敏感"}}

// ParseLevel reads the name of a level.
func ParseLevel(name string) (Level, error) {
	for i, l := range levels {
		if l.name == name {
			return Level(i), nil
		}
	}
	return 0, fmt.Errorf("no level %q", name)
}

func (l Level) known() Level { return min(max(l, Open), Personal) }

// String is the level's name in data.
func (l Level) String() string { return levels[l.known()].name }

// Title is the level as people read it.
func (l Level) Title() string { return levels[l.known()].title }

// UnmarshalText reads the name.
func (l *Level) UnmarshalText(b []byte) (err error) {
	*l, err = ParseLevel(string(b))
	return err
}
