package app

// What the management console shows. Every list is never nil; "" stands for never and nowhere.

// Named is a thing with its Chinese title.
type Named struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Region is one administrative division.
type Region struct {
	Code   string `json:"code"`
	Parent string `json:"parent"`
	Name   string `json:"name"`
}

// Department is one body in the tree.
type Department struct {
	ID         string `json:"id"`
	Parent     string `json:"parent"`
	Name       string `json:"name"`
	ShortName  string `json:"short_name"`
	Region     string `json:"region"`
	RegionName string `json:"region_name"`
	USC        string `json:"usc" doc:"统一社会信用代码"`
	Closed     bool   `json:"closed"`
	People     int    `json:"people" doc:"在用账号数，含下级"`
}

// Hall is one hall with its desks.
type Hall struct {
	ID         string `json:"id"`
	Region     string `json:"region"`
	RegionName string `json:"region_name"`
	Name       string `json:"name"`
	Address    string `json:"address"`
	Closed     bool   `json:"closed"`
	Desks      []Desk `json:"desks" nullable:"false"`
}

// Desk is one counter.
type Desk struct {
	ID             string `json:"id"`
	Label          string `json:"label"`
	Department     string `json:"department"`
	DepartmentName string `json:"department_name"`
	Closed         bool   `json:"closed"`
}

// Post is a kind of work.
type Post struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Note  string `json:"note"`
}

// Row is one person in a list.
type Row struct {
	ID             string   `json:"id"`
	Login          string   `json:"login"`
	Name           string   `json:"name"`
	Department     string   `json:"department"`
	DepartmentName string   `json:"department_name"`
	Region         string   `json:"region"`
	RegionName     string   `json:"region_name"`
	Posts          []string `json:"posts" nullable:"false"`
	Roles          []Named  `json:"roles" nullable:"false"`
	State          string   `json:"state" enum:"active,locked,disabled,expired,must_change"`
	StateText      string   `json:"state_text"`
	LockedUntil    string   `json:"locked_until"`
	LastSeenAt     string   `json:"last_seen_at" doc:"最近一次登录"`
	SecondFactor   bool     `json:"second_factor"`
}

// Counts are the numbers over all accounts.
type Counts struct {
	All        int `json:"all"`
	Active     int `json:"active"`
	Locked     int `json:"locked"`
	Disabled   int `json:"disabled"`
	MustChange int `json:"must_change"`
	Expiring   int `json:"expiring" doc:"30 天内到期"`
}

// People is one page of persons.
type People struct {
	Rows   []Row  `json:"rows" nullable:"false"`
	Total  int    `json:"total"`
	Page   int    `json:"page"`
	Size   int    `json:"size"`
	Counts Counts `json:"counts"`
}

// Grant is one role of a person, in words.
type Grant struct {
	ID          string  `json:"id"`
	Role        string  `json:"role"`
	RoleTitle   string  `json:"role_title"`
	Scope       string  `json:"scope" enum:"all,region,department,own"`
	Place       string  `json:"place"`
	PlaceName   string  `json:"place_name"`
	Words       string  `json:"words"`
	At          string  `json:"at"`
	By          string  `json:"by"`
	Reason      string  `json:"reason"`
	Permissions []Named `json:"permissions" nullable:"false"`
}

// Session is one sign-on of a person.
type Session struct {
	ID            string   `json:"id"`
	Audience      string   `json:"audience"`
	AudienceTitle string   `json:"audience_title"`
	Source        string   `json:"source"`
	Agent         string   `json:"agent"`
	Factors       []string `json:"factors" nullable:"false"`
	CreatedAt     string   `json:"created_at"`
	SeenAt        string   `json:"seen_at"`
	Current       bool     `json:"current"`
}

// Person is one account in full: numbers masked.
type Person struct {
	Row
	PhoneMasked       string    `json:"phone_masked"`
	Hall              string    `json:"hall"`
	HallName          string    `json:"hall_name"`
	Desk              string    `json:"desk"`
	CreatedAt         string    `json:"created_at"`
	CreatedBy         string    `json:"created_by"`
	ValidUntil        string    `json:"valid_until"`
	PasswordChangedAt string    `json:"password_changed_at"`
	PasswordExpiresAt string    `json:"password_expires_at"`
	MustChange        bool      `json:"must_change"`
	Failed            int       `json:"failed"`
	LockedReason      string    `json:"locked_reason"`
	Grants            []Grant   `json:"grants" nullable:"false"`
	Sessions          []Session `json:"sessions" nullable:"false"`
	Acts              []string  `json:"acts" nullable:"false" doc:"调用者在这里可以做的事"`
}

// Made is an account with the one-time password, which is shown this once.
type Made struct {
	Account  Person `json:"account"`
	Password string `json:"password"`
}

// Role is one column of the matrix.
type Role struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Line        string   `json:"line" enum:"business,system,security,audit,terminal"`
	Builtin     bool     `json:"builtin"`
	People      int      `json:"people"`
	Permissions []string `json:"permissions" nullable:"false"`
	Note        string   `json:"note"`
	Never       []string `json:"never" nullable:"false" doc:"三员分立，不能给这类角色的权限"`
}

// Permission is one row of the matrix.
type Permission struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Module      string `json:"module"`
	ModuleTitle string `json:"module_title"`
	Sensitive   bool   `json:"sensitive"`
	AdminOnly   bool   `json:"admin_only"`
}

// By is one way in which a right is held.
type By struct {
	RoleTitle string `json:"role_title"`
	Words     string `json:"words"`
	Reason    string `json:"reason"`
}

// Right is one thing a person may do, and why.
type Right struct {
	Permission  string `json:"permission"`
	Title       string `json:"title"`
	ModuleTitle string `json:"module_title"`
	By          []By   `json:"by" nullable:"false"`
}
