package wire

// PathBulletin is where a terminal gets news and convenience services (政务资讯、便民服务): GET, ETag → Bulletin.
const PathBulletin = "/api/kiosk/v1/bulletin"

// Kinds of a bulletin's columns: the list of the terminal that shows them.
const (
	BulletinNews    = "news"    // 政务资讯
	BulletinService = "service" // 便民服务
)

// Bulletin is what the centre has to say to everybody, beside the catalogue.
type Bulletin struct {
	Version string           `json:"version"`
	Columns []BulletinColumn `json:"columns,omitempty"` // those that are on, in their order; none from a centre that knows no columns
	Entries []BulletinEntry  `json:"entries"`           // newest first
}

// BulletinColumn is one column (栏目), as the editors of the centre named it.
type BulletinColumn struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// BulletinEntry is one piece of news, or one service of the city that needs no application.
type BulletinEntry struct {
	Code   string `json:"code"`
	Kind   string `json:"kind"`             // of its column
	Column string `json:"column,omitempty"` // code of it; "" from a centre that knows no columns
	Title  string `json:"title"`
	Body   string `json:"body"`
	Source string `json:"source"`          // who says so
	On     string `json:"on"`              // day of publication, YYYY-MM-DD
	Until  string `json:"until,omitempty"` // last day on which it is shown, YYYY-MM-DD; "" without end
	Phone  string `json:"phone,omitempty"`
	Place  string `json:"place,omitempty"`
	Hours  string `json:"hours,omitempty"`
}

// Ended reports whether the last day of the entry is over on a day of Shanghai, YYYY-MM-DD.
func (e BulletinEntry) Ended(day string) bool { return e.Until != "" && e.Until < day }
