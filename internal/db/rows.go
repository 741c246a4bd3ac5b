package db

import (
	"fmt"
	"strconv"
	"strings"
)

// Queryer asks questions; DB.Read and Tx give one. Its context is bound inside.
type Queryer interface {
	// Query runs a SELECT (or a writing statement with RETURNING, in an act)
	// and reads the whole answer before it returns. Use LIMIT.
	Query(sql string, args ...any) (*Rows, error)
	// QueryRow is Query for at most one row.
	QueryRow(sql string, args ...any) *Row
}

// Rows is an answer; it holds no connection. Close may be called or not.
type Rows struct {
	columns []string
	values  []any // one row after the other
	at      int   // index of the row that Scan reads, from 1
}

// Next steps to the next row and reports whether there is one.
func (r *Rows) Next() bool {
	if r.at*len(r.columns) >= len(r.values) {
		return false
	}
	r.at++
	return true
}

// Scan copies the columns of the row to dest: pointers to integers, floats,
// bools, strings, []byte, pointers to those (nil for NULL), or sql.Scanner.
func (r *Rows) Scan(dest ...any) error {
	n := len(r.columns)
	if r.at == 0 || r.at*n > len(r.values) {
		return fmt.Errorf("db: Scan without Next")
	}
	if len(dest) != n {
		return fmt.Errorf("db: %d columns, %d places for them", n, len(dest))
	}
	row := r.values[(r.at-1)*n : r.at*n]
	for i, d := range dest {
		if err := assign(d, row[i]); err != nil {
			return fmt.Errorf("column %s: %w", r.columns[i], err)
		}
	}
	return nil
}

// Columns are the names of the columns.
func (r *Rows) Columns() []string { return r.columns }

// Err is always nil: an answer that breaks off is an error of Query.
func (r *Rows) Err() error { return nil }

// Close lets go of the values.
func (r *Rows) Close() { r.values, r.at = nil, 0 }

// Row is the answer of QueryRow.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the columns to dest; without a row it returns ErrNoRows.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.rows.Next() {
		return ErrNoRows
	}
	return r.rows.Scan(dest...)
}

// All asks and scans every row.
func All[T any](q Queryer, scan func(*Rows) (T, error), sql string, args ...any) ([]T, error) {
	rows, err := q.Query(sql, args...)
	if err != nil {
		return nil, err
	}
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Places writes places for ids, of which there is at least one, in an IN,
// from $1 on. Their number is rounded up to a power
// of two by repeating the last id: few texts stay prepared, many do not.
func Places(ids []int64) (places string, args []any) {
	n := 1
	for n < len(ids) {
		n *= 2
	}
	var b strings.Builder
	args = make([]any, n)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
		args[i] = ids[min(i, len(ids)-1)]
	}
	return b.String(), args
}
