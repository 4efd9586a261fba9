// Package sheet writes tables that people open in a spreadsheet (表格导出): CSV and XLSX, row by row, so that a hundred
// thousand rows need no memory, and so that no cell can run as a formula in the reader's program.
package sheet
