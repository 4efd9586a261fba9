// Package privacy keeps the one list of what personal data is held (个人信息保护): field classes with level, mask, purpose,
// legal basis and retention as data, the columns that hold them, and what hangs on the list: looking at a value in full,
// labels, keys and their rotation, deletion after time, and what is held about one person.
package privacy
