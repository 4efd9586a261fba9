package wire

// PathBulletin is where a terminal gets news and convenience services (政务资讯、便民服务): GET, ETag → Bulletin.
const PathBulletin = "/api/kiosk/v1/bulletin"

// Kinds of a bulletin's entries.
const (
	BulletinNews    = "news"    // 政务资讯
	BulletinService = "service" // 便民服务
)

// Bulletin is what the centre has to say to everybody, beside the catalogue.
type Bulletin struct {
	Version string          `json:"version"`
	Entries []BulletinEntry `json:"entries"` // newest first
}

// BulletinEntry is one piece of news, or one service of the city that needs no application.
type BulletinEntry struct {
	Code   string `json:"code"`
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	Source string `json:"source"` // who says so
	On     string `json:"on"`     // day of publication, YYYY-MM-DD
	Phone  string `json:"phone,omitempty"`
	Place  string `json:"place,omitempty"`
	Hours  string `json:"hours,omitempty"`
}
