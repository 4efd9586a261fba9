package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	createTable  = regexp.MustCompile(`(?is)CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)\s*\((.*?)\n\)`)
	sealedColumn = regexp.MustCompile(`(?m)^\s*([a-z_]*sealed)\s+(?:TEXT|BLOB)`)
	alterSealed  = regexp.MustCompile(`(?i)ALTER TABLE ([a-z_]+)\s+ADD COLUMN (?:IF NOT EXISTS )?([a-z_]*sealed)\s`)
)

// Every column that holds sealed values is registered with the kernel (kernel/privacy): only then do rotated keys,
// retention and the data-protection page reach it.
func TestSealedColumnsAreRegistered(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	registered := registrations(t, root)
	found := 0
	err = walk(root, func(path string) error {
		if filepath.Ext(path) != ".sql" || strings.HasPrefix(path, "agent/") { // what a terminal keeps is sealed for the centre, not by its vault
			return nil
		}
		b, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		check := func(table, column string) {
			found++
			if !registered(table, column) {
				t.Errorf("%s: %s.%s is sealed and no module registers it with the kernel (privacy.Column)", path, table, column)
			}
		}
		for _, m := range createTable.FindAllStringSubmatch(string(b), -1) {
			for _, c := range sealedColumn.FindAllStringSubmatch(m[2], -1) {
				check(m[1], c[1])
			}
		}
		for _, m := range alterSealed.FindAllStringSubmatch(string(b), -1) {
			check(m[1], m[2])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 10 {
		t.Errorf("only %d sealed columns found", found)
	}
}

// registrations reads every file that makes a privacy.Registration: table and column stand on one line there.
func registrations(t *testing.T, root string) func(table, column string) bool {
	t.Helper()
	var lines []string
	for _, f := range files(t) {
		if f.test() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, f.path))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), ".Registration{") {
			lines = append(lines, strings.Split(string(b), "\n")...)
		}
	}
	return func(table, column string) bool {
		for _, line := range lines {
			if strings.Contains(line, `"`+table+`"`) && strings.Contains(line, `"`+column+`"`) {
				return true
			}
		}
		return false
	}
}

var classConst = regexp.MustCompile(`\bclass[A-Z][A-Za-z]*\s*=\s*"([a-z][a-z._]*)"`)

// Every class that something is sealed under is declared: an undeclared one is sealed by the old way, never rotated, and
// shown on no page.
func TestSealedClassesAreDeclared(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(filepath.Join(root, "central/kernel/privacy/classes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range files(t) {
		if f.test() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, f.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range classConst.FindAllStringSubmatch(string(b), -1) {
			found++
			if !strings.Contains(string(list), "- name: "+m[1]+"\n") {
				t.Errorf("%s: class %q is not declared in central/kernel/privacy/classes.yaml", f.path, m[1])
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d classes found", found)
	}
}
