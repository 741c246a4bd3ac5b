package catalog

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/search"
)

// Query is what a person looks for; empty fields do not narrow.
type Query struct {
	Text     string // words, parts of words, pinyin, or a code
	Audience string // "person" or "entity", or a 服务对象 code
	Topic    string
	Unit     string // unit key
	Division string // 12 digits; items of the division and of the levels above it
	Type     string
	CaseType string
	Cursor   string
	Limit    int // 20 when zero, 100 at most
}

// Page is one page of answers.
type Page struct {
	Items      []Item
	Next       string // cursor of the next page, empty at the end
	Total      int    // only for text searches: how many were found
	More       bool   // there are more than Total: a search looks at the best hits alone
	DidYouMean bool   // nothing had all the words; these have some
}

const docKind = "item"

// How many hits of the text index a search looks at: the best ones are enough
// for a text alone; filters throw many away.
const (
	searchDepth   = 100
	filteredDepth = 400
)

// Search finds items, best first for a text, by name order otherwise.
func (s *Service) Search(ctx context.Context, q Query) (p Page, err error) {
	defer errs.Wrap(&err, "search items")
	if q.Limit <= 0 {
		q.Limit = 20
	}
	q.Limit = min(q.Limit, 100)
	if n := len([]rune(q.Text)); n > 100 {
		return p, errs.InvalidFields(errs.Field{Path: "q", Code: "max-length", ZH: "搜索内容请不要超过100个字", EN: "Search for at most 100 characters"})
	}
	if strings.TrimSpace(q.Text) != "" {
		return s.searchText(ctx, q)
	}
	return s.browse(ctx, q)
}

// conditions turns the filters into SQL on item; args continue from n.
func (q Query) conditions(unitID int64, divisions []string, n int) (string, []any) {
	var b strings.Builder
	var args []any
	add := func(sql string, v any) {
		n++
		args = append(args, v)
		b.WriteString(strings.ReplaceAll(sql, "$?", "$"+strconv.Itoa(n)))
	}
	facet := ` AND EXISTS (SELECT 1 FROM item_facet f WHERE f.item_id = item.id AND f.kind = '%s' AND f.value = $?)`
	if q.Audience != "" {
		add(fmt.Sprintf(facet, "audience"), q.Audience)
	}
	if q.Topic != "" {
		add(fmt.Sprintf(facet, "topic"), q.Topic)
	}
	for i, d := range divisions {
		sql := `, $?`
		if i == 0 {
			sql = ` AND item.division IN ($?`
		}
		add(sql, d)
	}
	if len(divisions) > 0 {
		b.WriteString(`)`)
	}
	if unitID != 0 {
		add(` AND item.unit_id = $?`, unitID)
	}
	if q.Type != "" {
		add(` AND item.type = $?`, q.Type)
	}
	if q.CaseType != "" {
		add(` AND item.case_type = $?`, q.CaseType)
	}
	return b.String(), args
}

// where is conditions with the names of the query looked up: the unit, and the
// division with those above it, whose items serve its people too.
func (s *Service) where(ctx context.Context, q Query, n int) (string, []any, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return "", nil, err
	}
	var unit int64
	if q.Unit != "" {
		unit = -1 // found by nothing
		if u, ok := dir.UnitByKey(q.Unit); ok {
			unit = u.ID
		}
	}
	var divisions []string
	for code := q.Division; code != "" && len(divisions) < 8; {
		divisions = append(divisions, code)
		d, _ := dir.Division(code)
		code = d.Parent
	}
	sql, args := q.conditions(unit, divisions, n)
	return sql, args, nil
}

// filtered reports whether anything but the text narrows the query.
func (q Query) filtered() bool {
	return q.Audience+q.Topic+q.Unit+q.Division+q.Type+q.CaseType != ""
}

func (s *Service) browse(ctx context.Context, q Query) (p Page, err error) {
	name, id, err := readCursor(q.Cursor)
	if err != nil {
		return p, err
	}
	where, args, err := s.where(ctx, q, 3)
	if err != nil {
		return p, err
	}
	sql := `SELECT ` + itemColumns + ` FROM item WHERE item.state = 'in-use' AND (item.name, item.id) > ($1, $2)` +
		where + ` ORDER BY item.name, item.id LIMIT $3`
	args = append([]any{name, id, q.Limit + 1}, args...)
	items, err := db.All(s.db.Read(ctx), itemRow, sql, args...)
	if err != nil {
		return p, err
	}
	if len(items) > q.Limit {
		items = items[:q.Limit]
		last := items[len(items)-1]
		p.Next = writeCursor(last.Name, last.ID)
	}
	p.Items = items
	return p, nil
}

func (s *Service) searchText(ctx context.Context, q Query) (p Page, err error) {
	from := 0
	if q.Cursor != "" {
		if from, err = strconv.Atoi(q.Cursor); err != nil || from < 0 || from > filteredDepth {
			return p, errBadCursor
		}
	}
	depth := max(searchDepth, from+q.Limit+1)
	if q.filtered() {
		depth = filteredDepth
	}
	rd := s.db.Read(ctx)
	hits, didYouMean, err := search.Find(rd, s.db.Engine(), search.Query{Kind: docKind, Text: q.Text, Limit: depth,
		Bodies: func(ids []int64) (map[int64]string, error) { return bodies(rd, ids) }})
	if err != nil {
		return p, err
	}
	p.DidYouMean = didYouMean
	if len(hits) == 0 {
		return p, nil
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	in, args := list(ids)
	where, more, err := s.where(ctx, q, len(args))
	if err != nil {
		return p, err
	}
	args = append(args, more...)
	sql := `SELECT ` + itemColumns + ` FROM item WHERE item.state = 'in-use' AND item.id IN (` + in + `)` + where
	items, err := db.All(rd, itemRow, sql, args...)
	if err != nil {
		return p, err
	}
	byID := make(map[int64]Item, len(items))
	for _, it := range items {
		byID[it.ID] = it
	}
	p.Total, p.More = len(items), len(hits) == depth
	seen := 0
	for _, h := range hits {
		it, ok := byID[h.ID]
		if !ok {
			continue
		}
		seen++
		if seen <= from {
			continue
		}
		if len(p.Items) == q.Limit {
			p.Next = strconv.Itoa(from + q.Limit)
			break
		}
		p.Items = append(p.Items, it)
	}
	return p, nil
}

// bodies gives what the index knows of documents, for the exact look.
func bodies(q db.Queryer, ids []int64) (map[int64]string, error) {
	in, args := list(ids)
	rows, err := q.Query(`SELECT item_id, body FROM item_text WHERE item_id IN (`+in+`)`, args...)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(ids))
	for rows.Next() {
		var id int64
		var body string
		if err := rows.Scan(&id, &body); err != nil {
			return nil, err
		}
		out[id] = body
	}
	return out, nil
}

// list writes places for ids, of which there is at least one, in an IN. Their number is rounded up to a power of
// two by repeating the last id, so that there are few texts to prepare and keep.
func list(ids []int64) (places string, args []any) {
	n := 1
	for n < len(ids) {
		n *= 2
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
		args = append(args, ids[min(i, len(ids)-1)])
	}
	return b.String(), args
}

// Hot lists the items of the home page.
func (s *Service) Hot(ctx context.Context) ([]Item, error) {
	return db.All(s.db.Read(ctx), itemRow, sqlHot)
}

// Offers lists the items in use of one basic code 基本编码: the same matter at
// each unit that handles it, at most 200.
func (s *Service) Offers(ctx context.Context, basicCode string) ([]Item, error) {
	return db.All(s.db.Read(ctx), itemRow, sqlOffers, basicCode)
}

// Count tells how many items and offering units there are.
func (s *Service) Count(ctx context.Context) (items, units int64, err error) {
	err = s.db.Read(ctx).QueryRow(sqlItemCount).Scan(&items, &units)
	return items, units, err
}

// NameOf gives the name of the items with a basic code; the code itself if there
// is none.
func (s *Service) NameOf(ctx context.Context, basicCode string) (string, error) {
	name := basicCode
	err := s.db.Read(ctx).QueryRow(sqlNameOf, basicCode).Scan(&name)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return name, err
}

func itemRow(r *db.Rows) (Item, error) {
	it, err := scanItem(r)
	if err != nil {
		return Item{}, err
	}
	return *it, nil
}

var errBadCursor = errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.")

func writeCursor(name string, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(id, 36) + " " + name))
}

func readCursor(c string) (name string, id int64, err error) {
	if c == "" {
		return "", 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(c)
	if err != nil {
		return "", 0, errBadCursor
	}
	head, name, ok := strings.Cut(string(b), " ")
	if id, err = strconv.ParseInt(head, 36, 64); err != nil || !ok {
		return "", 0, errBadCursor
	}
	return name, id, nil
}
