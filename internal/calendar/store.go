package calendar

import (
	"errors"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
)

// edition is one published edition as stored.
type edition struct {
	number  int64 // 1, 2, 3, …
	id      string
	notices []Notice // by year, days in order
}

// Info tells about an edition.
type Info struct {
	Edition     string
	Note        string
	PublishedBy string
	PublishedAt time.Time
}

func scanInfo(r *db.Rows) (i Info, err error) {
	var at int64
	err = r.Scan(&i.Edition, &i.Note, &i.PublishedBy, &at)
	i.PublishedAt = db.Time(at)
	return i, err
}

const (
	sqlNewest     = `SELECT coalesce(max(number), 0) FROM calendar_edition`
	sqlNumber     = `SELECT number FROM calendar_edition WHERE edition = $1`
	sqlEdition    = `SELECT edition FROM calendar_edition WHERE number = $1`
	sqlEditions   = `SELECT edition, note, published_by, published_at FROM calendar_edition ORDER BY number DESC LIMIT $1`
	sqlYears      = `SELECT year, source, projected FROM calendar_year WHERE number = $1 ORDER BY year`
	sqlDays       = `SELECT year, day, worked, name FROM calendar_day WHERE number = $1 ORDER BY year, day`
	sqlAddEdition = `INSERT INTO calendar_edition (number, edition, note, published_by, published_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`
	sqlAddYear    = `INSERT INTO calendar_year (number, year, source, projected) VALUES ($1, $2, $3, $4)`
	sqlAddDay     = `INSERT INTO calendar_day (number, year, day, worked, name) VALUES ($1, $2, $3, $4, $5)`
)

// Load is the newest stored calendar, for commands that only read. Error:
// ErrNone.
func Load(q db.Queryer) (clock.Calendar, error) {
	number, err := newestNumber(q)
	if err != nil {
		return clock.Calendar{}, err
	}
	e, err := load(q, number)
	if err != nil {
		return clock.Calendar{}, err
	}
	return e.calendar()
}

func (e edition) calendar() (clock.Calendar, error) {
	cal, err := clock.New(spec(e.id, e.notices))
	if err != nil {
		return cal, fmt.Errorf("calendar: edition %s: %w", e.id, err)
	}
	return cal, nil
}

func newestNumber(q db.Queryer) (n int64, err error) {
	if err := q.QueryRow(sqlNewest).Scan(&n); err != nil {
		return 0, fmt.Errorf("calendar: newest edition: %w", err)
	}
	if n == 0 {
		return 0, ErrNone
	}
	return n, nil
}

func editionNumber(q db.Queryer, id string) (n int64, err error) {
	err = q.QueryRow(sqlNumber, id).Scan(&n)
	if errors.Is(err, db.ErrNoRows) {
		return 0, ErrNoEdition
	}
	if err != nil {
		return 0, fmt.Errorf("calendar: edition: %w", err)
	}
	return n, nil
}

func load(q db.Queryer, number int64) (edition, error) {
	e := edition{number: number}
	if err := q.QueryRow(sqlEdition, number).Scan(&e.id); err != nil {
		return e, fmt.Errorf("calendar: edition %d: %w", number, err)
	}
	var err error
	e.notices, err = db.All(q, func(r *db.Rows) (n Notice, err error) {
		return n, r.Scan(&n.Year, &n.Source, &n.Projected)
	}, sqlYears, number)
	if err != nil {
		return e, fmt.Errorf("calendar: years of edition %d: %w", number, err)
	}
	at := map[int]*Notice{}
	for i := range e.notices {
		at[e.notices[i].Year] = &e.notices[i]
	}
	rows, err := q.Query(sqlDays, number)
	if err != nil {
		return e, fmt.Errorf("calendar: days of edition %d: %w", number, err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			year      int
			day, name string
			worked    bool
		)
		if err := rows.Scan(&year, &day, &worked, &name); err != nil {
			return e, fmt.Errorf("calendar: days of edition %d: %w", number, err)
		}
		date, err := clock.ParseDate(day)
		if err != nil {
			return e, fmt.Errorf("calendar: days of edition %d: %w", number, err)
		}
		list := &at[year].Off
		if worked {
			list = &at[year].Work
		}
		*list = append(*list, clock.NamedDay{Date: date, Name: name})
	}
	return e, rows.Err()
}

// store writes an edition; ErrChanged if its number was taken meanwhile.
func (e edition) store(tx *db.Tx, note, by string) error {
	n, err := tx.Exec(sqlAddEdition, e.number, e.id, note, by, tx.NowMicros())
	if err != nil {
		return fmt.Errorf("calendar: publish: %w", err)
	}
	if n != 1 {
		return ErrChanged
	}
	for _, y := range e.notices {
		tx.Queue(sqlAddYear, e.number, y.Year, y.Source, y.Projected)
	}
	for _, y := range e.notices {
		for _, d := range y.Off {
			tx.Queue(sqlAddDay, e.number, y.Year, d.Date.String(), false, d.Name)
		}
		for _, d := range y.Work {
			tx.Queue(sqlAddDay, e.number, y.Year, d.Date.String(), true, d.Name)
		}
	}
	return nil
}
