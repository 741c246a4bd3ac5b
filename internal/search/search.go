package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/db"
)

// Doc 可检索条目 is what can be found. Nothing in it is personal data.
type Doc struct {
	ID    int64  // the id of what it stands for, unique over all kinds
	Kind  string // "item", "bundle", …
	Title string
	Body  string // guide text; words of its first maxBody characters are kept, the text is not
}

// maxBody bounds the indexed part of a body, in characters.
const maxBody = 20_000

// Query 检索请求.
type Query struct {
	Kind  string
	Text  string // as typed; the first 100 characters count
	Limit int    // most hits wanted; 0: 20

	// Bodies gives the bodies of documents for the exact recheck of hits that
	// are not in the title. nil: such hits are given unchecked; about one in
	// two hundred then holds the words but not their sequence.
	Bodies func(ids []int64) (map[int64]string, error)
}

// Hit 命中, best first. Score is between 0 and 1 and orders hits of one answer.
type Hit struct {
	ID    int64
	Score float64
}

const (
	upsertDoc   = `INSERT INTO search_doc (id, kind, title, weight) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, weight = excluded.weight`
	deleteDoc   = `DELETE FROM search_doc WHERE id = $1`
	deleteWords = `DELETE FROM search_index WHERE rowid = $1`

	insertWordsSQLite   = `INSERT INTO search_index (rowid, words) VALUES ($1, $2)`
	insertWordsPostgres = `INSERT INTO search_index (rowid, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS TSVECTOR))`

	findSQLite   = `SELECT d.id, d.title, d.weight FROM search_index JOIN search_doc d ON d.id = search_index.rowid WHERE search_index MATCH $1 AND d.kind = $2 ORDER BY d.weight, d.id LIMIT $3`
	findPostgres = `SELECT d.id, d.title, d.weight FROM search_index JOIN search_doc d ON d.id = search_index.rowid WHERE search_index.words @@ CAST(CAST($1 AS TEXT) AS TSQUERY) AND d.kind = $2 ORDER BY d.weight, d.id LIMIT $3`
)

// Put makes a document findable, or replaces it, within the act that changes it.
func Put(tx *db.Tx, doc Doc) {
	title := Normalise(doc.Title)
	tx.Queue(upsertDoc, doc.ID, doc.Kind, title, utf8.RuneCountInString(title))
	tx.Queue(deleteWords, doc.ID)
	words := wordsOf(title, Normalise(cut(doc.Body, maxBody)))
	if tx.Engine() == db.Postgres {
		tx.Queue(insertWordsPostgres, doc.ID, "'"+strings.Join(words, "' '")+"'")
		return
	}
	tx.Queue(insertWordsSQLite, doc.ID, strings.Join(words, " "))
}

// Delete makes a document unfindable; one that is not there is no error.
func Delete(tx *db.Tx, id int64) {
	tx.Queue(deleteDoc, id)
	tx.Queue(deleteWords, id)
}

func cut(s string, characters int) string {
	if utf8.RuneCountInString(s) <= characters {
		return s
	}
	return string([]rune(s)[:characters])
}

// joinChinese takes out the blanks between Chinese characters, so that
// 占用、挖掘 is found by 占用挖掘 as well.
func joinChinese(normalised string) string {
	fields := strings.Fields(normalised)
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			last, _ := utf8.DecodeLastRuneInString(fields[i-1])
			first, _ := utf8.DecodeRuneInString(f)
			if last < utf8.RuneSelf || first < utf8.RuneSelf {
				b.WriteByte(' ')
			}
		}
		b.WriteString(f)
	}
	return b.String()
}

// wordsOf gives every word of a document once, each with the letter that tells
// where it stands. There is always one, so that every document has a row.
func wordsOf(title, body string) []string {
	seen := map[string]bool{}
	out := []string{"z"}
	add := func(where string, words []string) {
		for _, w := range words {
			if w = where + w; !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	add(inTitle, bigrams(joinChinese(title)))
	add(inBody, bigrams(joinChinese(body)))
	add(inPinyin, pinyinWords(title))
	return out
}

// Find answers a query. Title hits come first: the title itself, then titles
// that begin with the text, hold it, hold all its pieces, or are spelled by it
// in pinyin (full, initials, or begun); then hits in the body. If there is
// nothing, titles that sound alike, or else share words, are given with
// didYouMean true. Hits of equal rank are ordered by length of the title.
func Find(q db.Queryer, e db.Engine, query Query) (hits []Hit, didYouMean bool, err error) {
	if query.Limit <= 0 {
		query.Limit = 20
	}
	qn := ask(query.Text)
	if qn.whole == "" {
		return nil, false, nil
	}
	f := finder{q: q, engine: e, query: query, question: qn, seen: map[int64]bool{}}
	if err := f.exact(); err != nil {
		return nil, false, err
	}
	if len(f.found) == 0 {
		didYouMean = true
		for _, step := range []func() error{f.sounding, f.similar} {
			if err := step(); err != nil {
				return nil, false, err
			}
			if len(f.found) > 0 {
				break
			}
		}
	}
	hits = f.ranked()
	return hits, didYouMean && len(hits) > 0, nil
}

// FindExact is Find without the guesses: what holds the text, or is spelled by
// it, and nothing else.
func FindExact(q db.Queryer, e db.Engine, query Query) ([]Hit, error) {
	if query.Limit <= 0 {
		query.Limit = 20
	}
	f := finder{q: q, engine: e, query: query, question: ask(query.Text), seen: map[int64]bool{}}
	if f.question.whole == "" {
		return nil, nil
	}
	err := f.exact()
	return f.ranked(), err
}

// Candidates read at most: where more match, the shortest titles count, and
// for similar titles any of them.
const (
	candidates = 120
	similarMax = 4000
)

type row struct {
	id     int64
	title  string
	weight int64
}

type found struct {
	row
	grade int
	alike float64
}

type finder struct {
	q        db.Queryer
	engine   db.Engine
	query    Query
	question question
	found    []found
	seen     map[int64]bool
}

func (f *finder) rows(w wish, limit int) ([]row, error) {
	if len(w) == 0 {
		return nil, nil
	}
	sql := findSQLite
	if f.engine == db.Postgres {
		sql = findPostgres
	}
	return db.All(f.q, func(r *db.Rows) (x row, err error) {
		err = r.Scan(&x.id, &x.title, &x.weight)
		return x, err
	}, sql, w.render(f.engine), f.query.Kind, limit)
}

func (f *finder) add(r row, grade int, alike float64) {
	if !f.seen[r.id] {
		f.seen[r.id] = true
		f.found = append(f.found, found{r, grade, alike})
	}
}

// exact looks into titles, and into bodies if those are too few.
func (f *finder) exact() error {
	if err := f.titles(); err != nil || len(f.found) >= f.query.Limit {
		return err
	}
	return f.bodies()
}

func (f *finder) titles() error {
	rows, err := f.rows(f.question.titleWish(), max(candidates, 2*f.query.Limit))
	for _, r := range rows {
		if grade, ok := f.question.fit(r.title); ok {
			f.add(r, grade, 0)
		}
	}
	return err
}

func (f *finder) bodies() error {
	rows, err := f.rows(f.question.bodyWish(), max(candidates, 2*f.query.Limit))
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return f.seen[r.id] })
	if f.query.Bodies != nil && len(rows) > 0 {
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.id
		}
		texts, err := f.query.Bodies(ids)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r row) bool { return !f.question.inText(r.title, cut(texts[r.id], maxBody)) })
	}
	for _, r := range rows {
		f.add(r, below, 0)
	}
	return nil
}

func (f *finder) sounding() error {
	rows, err := f.rows(f.question.soundWish(), candidates)
	for _, r := range rows {
		f.add(r, below, f.question.alike(r.title))
	}
	return err
}

func (f *finder) similar() error {
	rows, err := f.rows(f.question.similarWish(), similarMax)
	for _, r := range rows {
		if a := f.question.alike(r.title); a > 0 {
			f.add(r, below, a)
		}
	}
	return err
}

func (f *finder) ranked() []Hit {
	slices.SortFunc(f.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.grade, b.grade), cmp.Compare(b.alike, a.alike), cmp.Compare(a.weight, b.weight), cmp.Compare(a.id, b.id))
	})
	hits := make([]Hit, 0, min(len(f.found), f.query.Limit))
	for i, x := range f.found[:min(len(f.found), f.query.Limit)] {
		hits = append(hits, Hit{x.id, (float64(below-x.grade) + 1/float64(i+2)) / (below + 1)})
	}
	return hits
}
