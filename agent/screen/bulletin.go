package screen

// Bulletin is what the centre tells everybody (政务资讯、便民服务), as it was last heard.
type Bulletin struct {
	News     []Notice `json:"news"`
	Services []Notice `json:"services"`
	AsOf     string   `json:"as_of"` // RFC 3339, when the centre last said so; "" before the first time
}

// Notice is one entry of it.
type Notice struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	Source string `json:"source"`
	On     string `json:"on"`
	Phone  string `json:"phone"`
	Place  string `json:"place"`
	Hours  string `json:"hours"`
}
