package db

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"tongban/central/kernel/errs"
)

// What people are told when the database cannot.
const (
	busyWords = "系统正忙，请稍后再试"
	fullWords = "服务器存储空间不足，暂时不能办理，请联系运维人员"
	downWords = "数据库暂时连不上，请稍后再试；仍不行请联系运维人员"
)

// IsUnique reports whether err is a violation of a unique or primary key.
func IsUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() {
		case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
			return true
		}
	}
	return false
}

// transient reports whether the database itself asks to run the act again:
// nothing of it was kept.
func transient(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff
		return code == lib.SQLITE_BUSY || code == lib.SQLITE_LOCKED
	}
	return false
}

// public gives an error of the machinery its sentence for people. Errors that
// the act itself coded, and plain ones, pass unchanged.
func public(err error) error {
	if err == nil || errs.Coded(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	switch {
	case transient(err) || isPg(err, "55P03", "25P03", "57014"):
		return errs.E(errs.Unavailable, "db.busy", busyWords, err)
	case isLite(err, lib.SQLITE_FULL) || isPg(err, "53100"):
		return errs.E(errs.Unavailable, "db.full", fullWords, err)
	case isLite(err, lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY) || isPg(err, "08", "53", "57P") || unreachable(err):
		return errs.E(errs.Unavailable, "db.down", downWords, err)
	}
	return err
}

func isLite(err error, codes ...int) bool {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return false
	}
	for _, c := range codes {
		if lite.Code()&0xff == c {
			return true
		}
	}
	return false
}

// isPg compares by prefix: two characters name a whole class of SQLSTATE.
func isPg(err error, states ...string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	for _, s := range states {
		if strings.HasPrefix(pg.Code, s) {
			return true
		}
	}
	return false
}

func unreachable(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network)
}
