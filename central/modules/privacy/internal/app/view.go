package app

// What the pages show. Every list is never nil.

// Register is what is held, and why (个人信息清单).
type Register struct {
	Classes []ClassRow     `json:"classes"`
	Counts  RegisterCounts `json:"counts"`
}

// RegisterCounts are the sums.
type RegisterCounts struct {
	Classes int   `json:"classes"`
	Columns int   `json:"columns"`
	Sealed  int64 `json:"sealed"`
}

// ClassRow is one field class.
type ClassRow struct {
	Name       string       `json:"name"`
	Title      string       `json:"title"`
	Label      string       `json:"label" enum:"public,internal,sensitive,personal"`
	LabelTitle string       `json:"label_title"`
	Mask       string       `json:"mask" doc:"脱敏后的样子"`
	Purpose    string       `json:"purpose"`
	Basis      string       `json:"basis"`
	Retention  RetentionRow `json:"retention"`
	Key        KeyBrief     `json:"key"`
	Where      []Where      `json:"where"`
	Holds      int          `json:"holds" doc:"这类数据上的法律保留"`
}

// RetentionRow is how long.
type RetentionRow struct {
	Rule     string `json:"rule"`
	Days     int    `json:"days"`
	Text     string `json:"text"`
	Editable bool   `json:"editable"`
}

// KeyBrief is the key in force.
type KeyBrief struct {
	Version int    `json:"version"`
	Alg     string `json:"alg"`
}

// Where is one column.
type Where struct {
	Module        string `json:"module"`
	ModuleTitle   string `json:"module_title"`
	Title         string `json:"title"`
	Table         string `json:"table"`
	Column        string `json:"column"`
	Rows          int64  `json:"rows"`
	RetentionText string `json:"retention_text"`
}

// Keys is the state of the keys (密钥状态).
type Keys struct {
	Provider     string   `json:"provider"`
	ProviderText string   `json:"provider_text"`
	Certified    bool     `json:"certified"`
	KEK          KEK      `json:"kek"`
	Classes      []KeyRow `json:"classes"`
}

// KEK is the key-encryption key in force.
type KEK struct {
	ID        string `json:"id"`
	CreatedAt string `json:"created_at"`
	Versions  int    `json:"versions"`
}

// KeyRow is one class's data keys.
type KeyRow struct {
	Class         string `json:"class"`
	Title         string `json:"title"`
	Alg           string `json:"alg"`
	ActiveVersion int    `json:"active_version"`
	CreatedAt     string `json:"created_at"`
	Versions      int    `json:"versions"`
	SealedRows    int64  `json:"sealed_rows"`
	BehindRows    int64  `json:"behind_rows"`
	Reseal        Reseal `json:"reseal"`
}

// Reseal is how far re-sealing has come.
type Reseal struct {
	Done    int64 `json:"done"`
	Total   int64 `json:"total"`
	Damaged int64 `json:"damaged"`
	Running bool  `json:"running"`
}

// Retention is the rules with what they would end today, the runs and the holds.
type Retention struct {
	Rules []RuleRow `json:"rules"`
	Runs  []RunRow  `json:"runs"`
	Holds []HoldRow `json:"holds"`
}

// RuleRow is one rule in force.
type RuleRow struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	What     string `json:"what"`
	Days     int    `json:"days"`
	Least    int    `json:"least"`
	Most     int    `json:"most"`
	Basis    string `json:"basis"`
	Held     int    `json:"held"`
	NextAt   string `json:"next_at"`
	DueRows  int    `json:"due_rows"`
	Editable bool   `json:"editable"`
}

// RunRow is one run.
type RunRow struct {
	ID     string     `json:"id"`
	At     string     `json:"at"`
	Dry    bool       `json:"dry"`
	By     string     `json:"by"`
	Counts []RunCount `json:"counts"`
	MS     int64      `json:"ms"`
	State  string     `json:"state" enum:"running,done,failed"`
}

// RunCount is what a run did by one rule.
type RunCount struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
	Rows  int    `json:"rows"`
}

// HoldRow is one hold.
type HoldRow struct {
	ID         string `json:"id"`
	Rule       string `json:"rule"`
	Object     string `json:"object"`
	Reason     string `json:"reason"`
	By         string `json:"by"`
	At         string `json:"at"`
	LiftedAt   string `json:"lifted_at"`
	LiftedBy   string `json:"lifted_by"`
	LiftReason string `json:"lift_reason"`
}

// Requests is one page of the register of requests.
type Requests struct {
	Rows  []RequestRow `json:"rows"`
	Total int          `json:"total"`
	Page  int          `json:"page"`
	Size  int          `json:"size"`
}

// RequestRow is one request: masked.
type RequestRow struct {
	ID            string `json:"id"`
	No            string `json:"no"`
	Kind          string `json:"kind" enum:"access,copy,correct,delete,withdraw"`
	KindTitle     string `json:"kind_title"`
	SubjectMasked string `json:"subject_masked"`
	Channel       string `json:"channel"`
	ReceivedAt    string `json:"received_at"`
	DueAt         string `json:"due_at"`
	DaysLeft      int    `json:"days_left"`
	State         string `json:"state" enum:"received,taken,finished,refused"`
	StateText     string `json:"state_text"`
	Handler       string `json:"handler"`
	Note          string `json:"note"`
}

// Request is one request with what was done and what may be done.
type Request struct {
	RequestRow
	History []StepRow  `json:"history"`
	Found   []FoundRow `json:"found"`
	Acts    []ActRow   `json:"acts"`
}

// StepRow is one step.
type StepRow struct {
	At     string `json:"at"`
	Title  string `json:"title"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// FoundRow is how much one place holds of the person.
type FoundRow struct {
	Table string `json:"table"`
	Title string `json:"title"`
	Rows  int    `json:"rows"`
}

// ActRow is one thing that may be done now.
type ActRow struct {
	Act   string `json:"act"`
	Title string `json:"title"`
}
