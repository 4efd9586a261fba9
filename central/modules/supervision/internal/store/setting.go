package store

import (
	"context"
	"time"

	"tongban/central/kernel/db"
)

// Version is one version of the rules as it is kept.
type Version struct {
	Version int
	Body    string // JSON
	Reason  string
	By      string
	At      time.Time
}

func readVersion(s scanner) (v Version, err error) {
	var at int64
	err = s.Scan(&v.Version, &v.Body, &v.Reason, &v.By, &at)
	v.At = db.FromMs(at)
	return v, err
}

const versionColumns = `version, body, reason, by_name, at`

// Versions returns the newest versions of the rules, newest first; the first is in force.
func Versions(ctx context.Context, q db.Query, most int) ([]Version, error) {
	return all(ctx, q, "rules", readVersion, `SELECT `+versionColumns+` FROM supervision_setting ORDER BY version DESC LIMIT $1`, most)
}

// AddVersion keeps a version; db.IsUnique of the error when somebody was faster.
func AddVersion(ctx context.Context, tx db.Tx, v Version) error {
	return exec(ctx, tx, "keep rules", `INSERT INTO supervision_setting (`+versionColumns+`) VALUES ($1, $2, $3, $4, $5)`, v.Version, v.Body, v.Reason, v.By, db.Ms(v.At))
}
