// Package statistics answers how the windows work, in numbers that can be traced (数据统计分析): every number states its formula,
// its population and its time, and opens the cases it was counted from. Numbers are kept as sums by day, moved in the
// transaction that learns of a case's act, and can be recounted from the case ledger at any time.
package statistics

// Permissions.
const (
	PermRead   = "statistics:board.read"
	PermExport = "statistics:board.export"
	PermServe  = "statistics:service.write" // define data services
)
