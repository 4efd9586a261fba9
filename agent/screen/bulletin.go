package screen

// Bulletin is what the centre tells everybody (政务资讯、便民服务), as it was last heard.
type Bulletin struct {
	Columns []BulletinColumn `json:"columns"` // those that have something to read, in their order
	AsOf    string           `json:"as_of"`   // RFC 3339, when the centre last said so; "" before the first time
}

// BulletinColumn is one column of it (栏目).
type BulletinColumn struct {
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	Kind    string   `json:"kind"` // news, service: the list that shows it
	Notices []Notice `json:"notices"`
}

// Notice is one entry of a column.
type Notice struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	Source string `json:"source"`
	On     string `json:"on"`
	Until  string `json:"until"` // last day on which it is shown, "" without end
	Phone  string `json:"phone"`
	Place  string `json:"place"`
	Hours  string `json:"hours"`
}
