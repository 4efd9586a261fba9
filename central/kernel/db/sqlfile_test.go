package db

import (
	"slices"
	"testing"
)

func TestAFileOfStatementsIsTakenApart(t *testing.T) {
	const file = `-- what it is for
-- +goose Up
CREATE TABLE a (
  x TEXT NOT NULL, -- a word; and more
  y TEXT
);
INSERT INTO a VALUES ('a;b', 'c'); -- two
-- +goose StatementBegin
CREATE TRIGGER t AFTER INSERT ON a BEGIN
  SELECT 1;
  SELECT 2;
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE a;
`
	got, err := split(file)
	want := []string{
		"CREATE TABLE a (\n  x TEXT NOT NULL, -- a word; and more\n  y TEXT\n);",
		"INSERT INTO a VALUES ('a;b', 'c'); -- two",
		"CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT 1;\n  SELECT 2;\nEND;",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for name, bad := range map[string]string{
		"no mark":          "CREATE TABLE a (x TEXT);",
		"no semicolon":     "-- +goose Up\nCREATE TABLE a (x TEXT)\n",
		"no end":           "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n",
		"no end, and down": "-- +goose Up\nSELECT 1\n-- +goose Down\nSELECT 2;\n",
		"unknown mark":     "-- +goose Up\n-- +goose NO TRANSACTION\nSELECT 1;\n",
	} {
		if got, err := split(bad); err == nil {
			t.Errorf("%s was taken as %q", name, got)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("-- +goose Up\nSELECT 1;\n-- +goose Down\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := split(text)
		if err == nil && slices.Contains(got, "") {
			t.Errorf("an empty statement of %q", text)
		}
	})
}
