package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/search"
)

// Word 日常用语 is a synonym that was added by hand, mostly because people had
// searched for it in vain. An import of synonyms leaves it where it is.
type Word struct {
	ID    int64
	Words string // normalised
	Code  string // basic code of the matter that is meant
	At    time.Time
	By    string
}

const (
	wordColumns   = `id, words, basic_code, added_at, added_by`
	sqlWords      = `SELECT ` + wordColumns + ` FROM daily_word ORDER BY added_at DESC, id DESC LIMIT $1`
	sqlWordByID   = `SELECT ` + wordColumns + ` FROM daily_word WHERE id = $1`
	sqlWordCounts = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN words = $1 AND basic_code = $2 THEN 1 ELSE 0 END), 0) FROM daily_word`
	sqlPutWord    = `INSERT INTO daily_word (` + wordColumns + `) VALUES ($1, $2, $3, $4, $5)`
	sqlDropWord   = `DELETE FROM daily_word WHERE id = $1`
)

// The refusals.
var (
	ErrNoWord       = errs.New(errs.NotFound, "no-daily-word", "没有这条日常用语，可能已经移除。", "There is no such word; it may have been removed.")
	ErrTooManyWords = errs.New(errs.Conflict, "too-many-daily-words", fmt.Sprintf("日常用语最多%d条，请先移除不用的。", maxSynonyms), fmt.Sprintf("There are %d words already; remove some first.", maxSynonyms))
)

// AddWord 加为日常用语: from now on the search finds a matter by these words. The
// same once more changes nothing. Words that were searched in vain are answered
// by it, and Misses leaves them out.
func (s *Service) AddWord(ctx context.Context, a actor.Actor, words, code string) (err error) {
	defer errs.Wrap(&err, "add a daily word of %s", code)
	if err := s.keepWords(ctx, a); err != nil {
		return err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return err
	}
	words, code = search.Normalise(words), strings.ToUpper(strings.TrimSpace(code))
	if bad := checkWord(words, code, x); len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return s.db.Write(ctx, "catalog.add-word", func(tx *db.Tx) error {
		var all, same int
		if err := tx.QueryRow(sqlWordCounts, words, code).Scan(&all, &same); err != nil || same > 0 {
			return err
		}
		if all >= maxSynonyms {
			return ErrTooManyWords
		}
		tx.Queue(sqlPutWord, tx.NewID(), words, code, tx.NowMicros(), a.Name)
		return s.wordChanged(tx, a, words, code, "word-added")
	})
}

// RemoveWord 移除 takes a word back that was added by hand. If people searched for
// it in vain, Misses lists it again.
func (s *Service) RemoveWord(ctx context.Context, a actor.Actor, id int64) (err error) {
	defer errs.Wrap(&err, "remove daily word %d", id)
	if err := s.keepWords(ctx, a); err != nil {
		return err
	}
	w, err := scanWord(s.db.Read(ctx).QueryRow(sqlWordByID, id))
	if errors.Is(err, db.ErrNoRows) {
		return ErrNoWord
	}
	if err != nil {
		return err
	}
	return s.db.Write(ctx, "catalog.remove-word", func(tx *db.Tx) error {
		tx.QueueOne(ErrNoWord, sqlDropWord, id)
		return s.wordChanged(tx, a, w.Words, w.Code, "word-removed")
	})
}

func (s *Service) keepWords(ctx context.Context, a actor.Actor) error {
	return s.ids.Allow(ctx, a, identity.CatalogueManage, identity.Target{UnitPath: s.topPath(ctx)}, "daily-words")
}

// wordChanged tells the search and the audit log.
func (s *Service) wordChanged(tx *db.Tx, a actor.Actor, words, code, outcome string) error {
	s.changed(tx)
	return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.CatalogueManage), Subject: "basic/" + code, Outcome: outcome,
		Detail: map[string]string{"words": words}})
}

func checkWord(words, code string, x *Index) (out []errs.Field) {
	if n := utf8.RuneCountInString(words); n < 2 || n > maxSay {
		out = append(out, errs.Field{Path: "words", Code: "length", ZH: fmt.Sprintf("日常用语应为2到%d个字", maxSay), EN: fmt.Sprintf("A daily word has 2 to %d characters", maxSay)})
	}
	if b, ok := x.Basic(code); !ok || b.State != InUse {
		out = append(out, errs.Field{Path: "code", Code: "unknown", ZH: fmt.Sprintf("基本目录中没有这个事项，请填写%d位基本编码", x.codes.BasicLen()),
			EN: fmt.Sprintf("The basic catalogue has no such matter; give its %d characters", x.codes.BasicLen())})
	}
	return out
}

// Words lists what was added by hand, newest first, for who reads the misses.
func (s *Service) Words(ctx context.Context, a actor.Actor, limit int) (_ []Word, err error) {
	defer errs.Wrap(&err, "daily words")
	if err := s.ids.Allow(ctx, a, identity.CatalogueRead, identity.Target{UnitPath: readsAt(a)}, "daily-words"); err != nil {
		return nil, err
	}
	return readWords(s.db.Read(ctx), limit)
}

func readWords(q db.Queryer, limit int) ([]Word, error) {
	return db.All(q, func(r *db.Rows) (Word, error) { return scanWord(r) }, sqlWords, limit)
}

func scanWord(r scanner) (w Word, err error) {
	var at int64
	err = r.Scan(&w.ID, &w.Words, &w.Code, &at, &w.By)
	w.At = db.Time(at)
	return w, err
}

// addedWords are the words of people that were added by hand, as synonyms.
func addedWords(q db.Queryer) (out []Synonym, err error) {
	list, err := readWords(q, maxSynonyms)
	for _, w := range list {
		out = append(out, Synonym{Say: []string{w.Words}, Means: []string{w.Code}})
	}
	return out, err
}

// Matters gives the matters of the basic catalogue that a text may mean, best
// first. It is for those who keep the catalogue: what it does not find is not
// counted as a miss.
func (s *Service) Matters(ctx context.Context, text string, limit int) (_ []Basic, err error) {
	defer errs.Wrap(&err, "matters by words")
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	all, _, err := s.candidates(ctx, text, x)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	var out []Basic
	for _, c := range all[:min(len(all), limit)] {
		out = append(out, *c.matter)
	}
	return out, nil
}
