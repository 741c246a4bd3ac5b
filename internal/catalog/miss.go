package catalog

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/search"
)

// Miss 未找到的词 is what people searched without success. Nobody's name, address
// or number belongs to it.
type Miss struct {
	Words string // normalised
	Times int64
	Near  int64     // of these, how often something similar could be shown
	Last  time.Time // by the minute
}

const (
	sqlMissPut   = `INSERT INTO search_miss (words, times, near, last_at) VALUES ($1, $2, $3, $4) ON CONFLICT (words) DO UPDATE SET times = search_miss.times + excluded.times, near = search_miss.near + excluded.near, last_at = excluded.last_at`
	sqlMissAgain = `UPDATE search_miss SET times = times + $2, near = near + $3, last_at = $4 WHERE words = $1`
	sqlMissDrop  = `DELETE FROM search_miss WHERE last_at < $1`
	sqlMissCount = `SELECT COUNT(*) FROM search_miss`
	sqlMisses    = `SELECT words, times, near, last_at FROM search_miss
		WHERE NOT EXISTS (SELECT 1 FROM daily_word WHERE daily_word.words = search_miss.words) ORDER BY times DESC, words LIMIT $1`
)

// Bounds of what is kept.
const (
	missKept    = 180 * 24 * time.Hour // after the last time
	missRows    = 20_000               // different words
	missWaiting = 500                  // different words between two writes
	missEvery   = 15 * time.Second
	missLength  = 30 // characters
	missDigits  = 5  // digits in a row; more may be a number of a person
)

// misses gathers words between two writes.
type misses struct {
	mu  sync.Mutex
	has map[string]missed
}

type missed struct{ times, near int64 }

// missable gives the form in which words are kept, "" if they are not: too
// short, too long, or with a number in them that could be somebody's.
func missable(text string) string {
	words := search.Normalise(text)
	if n := utf8.RuneCountInString(words); n < 2 || n > missLength {
		return ""
	}
	digits := 0
	for _, r := range strings.ReplaceAll(words, " ", "") {
		if !unicode.IsDigit(r) {
			digits = 0
		} else if digits++; digits > missDigits {
			return ""
		}
	}
	return words
}

// miss notes words that led to nothing, or to similar ones only.
func (s *Service) miss(text string, near bool) {
	words := missable(text)
	if words == "" {
		return
	}
	s.missed.mu.Lock()
	defer s.missed.mu.Unlock()
	m, known := s.missed.has[words]
	if !known && len(s.missed.has) >= missWaiting {
		return
	}
	if s.missed.has == nil {
		s.missed.has = map[string]missed{}
	}
	m.times++
	if near {
		m.near++
	}
	s.missed.has[words] = m
}

// KeepMisses writes down now and then what was missed, until ctx ends. What was
// gathered since is lost with the process; it is a figure, not a record.
func (s *Service) KeepMisses(ctx context.Context) {
	t := time.NewTicker(missEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := s.WriteMisses(ctx); err != nil {
			s.log.WarnContext(ctx, "searched words not written", "err", err)
		}
	}
}

// WriteMisses writes what was gathered.
func (s *Service) WriteMisses(ctx context.Context) (err error) {
	defer errs.Wrap(&err, "write searched words")
	s.missed.mu.Lock()
	has := s.missed.has
	s.missed.has = nil
	s.missed.mu.Unlock()
	if len(has) == 0 {
		return nil
	}
	return s.db.Write(ctx, "catalog.misses", func(tx *db.Tx) error {
		var rows int
		if err := tx.QueryRow(sqlMissCount).Scan(&rows); err != nil {
			return err
		}
		put := sqlMissPut
		if rows >= missRows {
			put = sqlMissAgain // room only for what is known
		}
		at := tx.Now().Truncate(time.Minute).UnixMicro()
		for _, words := range slices.Sorted(maps.Keys(has)) {
			tx.Queue(put, words, has[words].times, has[words].near, at)
		}
		tx.Queue(sqlMissDrop, tx.Now().Add(-missKept).UnixMicro())
		return nil
	})
}

// Misses lists the words searched without success, most often first, for who
// reads the catalogue at any unit: words belong to no unit. Those that AddWord
// has answered are left out.
func (s *Service) Misses(ctx context.Context, a actor.Actor, limit int) (_ []Miss, err error) {
	defer errs.Wrap(&err, "searched words")
	if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: readsAt(a)}, "search-misses"); err != nil {
		return nil, err
	}
	return db.All(s.db.Read(ctx), func(r *db.Rows) (m Miss, err error) {
		var last int64
		err = r.Scan(&m.Words, &m.Times, &m.Near, &last)
		m.Last = db.Time(last)
		return m, err
	}, sqlMisses, limit)
}

// readsAt is a unit at which the actor reads the catalogue, "" if at none.
func readsAt(a actor.Actor) string {
	for _, g := range a.Grants {
		if g.Role == actor.ItemSteward || g.Role == actor.ItemReviewer {
			return g.Path
		}
	}
	return ""
}
