package catalog

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/search"
)

// Query is what a person looks for; empty fields do not narrow.
type Query struct {
	Text     string // words, parts of words, pinyin, or a code
	Audience string // "person" or "entity", or a 服务对象 code
	Topic    string
	Event    string // 生命周期
	Domain   string // 公共服务领域
	Unit     string // unit key
	Division string // 12 digits; items of the division and of the levels above it
	Level    string // 行使层级
	Scope    string // 通办范围
	Type     string
	CaseType string
	Each     bool // every list by itself; otherwise a matter is given once, by the list that fits best
	Cursor   string
	Limit    int // 20 when zero, 100 at most
}

// Found is a list that was found, and in how many places the same matter can be
// handled under the filters of the query.
type Found struct {
	Item
	Offers int
}

// Page is one page of answers.
type Page struct {
	Items      []Found
	Next       string // cursor of the next page, empty at the end
	Total      int    // how many there are
	More       bool   // there are more than Total: a search looks at the best hits alone
	DidYouMean bool   // nothing had all the words; these have some
}

const docKind = "item"

// searchDepth is how many hits of the text index a search looks at.
const searchDepth = 400

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
	x, err := s.Index(ctx)
	if err != nil {
		return p, err
	}
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return p, err
	}
	f := newFilter(q, dir)
	if strings.TrimSpace(q.Text) != "" {
		return s.searchText(ctx, q, x, f)
	}
	return browse(q, x, f)
}

// filter is the narrowing part of a query with its names looked up.
type filter struct {
	q         Query
	unit      int64
	divisions []string // the division and those above it, whose items serve its people too
	dir       *identity.Directory
}

func newFilter(q Query, dir *identity.Directory) filter {
	f := filter{q: q, dir: dir}
	if q.Unit != "" {
		f.unit = -1 // found by nothing
		if u, ok := dir.UnitByKey(q.Unit); ok {
			f.unit = u.ID
		}
	}
	for code := q.Division; code != "" && len(f.divisions) < 8; {
		f.divisions = append(f.divisions, code)
		d, _ := dir.Division(code)
		code = d.Parent
	}
	return f
}

// takes reports whether a list of a matter is among those looked for.
func (f filter) takes(b *Basic, it *Item) bool {
	q := f.q
	switch {
	case it.State != InUse,
		q.Type != "" && it.Type != q.Type,
		q.CaseType != "" && it.CaseType != q.CaseType,
		q.Level != "" && it.Level != q.Level,
		q.Scope != "" && it.Facts.Scope != q.Scope,
		f.unit != 0 && it.UnitID != f.unit,
		q.Topic != "" && !slices.Contains(b.Topics, q.Topic),
		q.Event != "" && !slices.Contains(b.Events, q.Event),
		q.Domain != "" && b.Domain != q.Domain,
		len(f.divisions) > 0 && !slices.Contains(f.divisions, it.Division):
		return false
	}
	switch q.Audience {
	case "":
		return true
	case "person":
		return slices.Contains(b.Audience, "1")
	case "entity":
		return slices.ContainsFunc(b.Audience, func(a string) bool { return a != "1" })
	}
	return slices.Contains(b.Audience, q.Audience)
}

// better orders the lists of one matter: nearest to the person's division
// first, else from the city downwards, in the order of divisions.
func (f filter) better(a, b *Item) int {
	near := func(it *Item) int {
		if i := slices.Index(f.divisions, it.Division); i >= 0 {
			return i
		}
		return len(f.divisions)
	}
	return cmp.Or(cmp.Compare(near(a), near(b)), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Division, b.Division), cmp.Compare(a.ID, b.ID))
}

// of gives the lists of one matter that are looked for: the best, or each.
func (f filter) of(x *Index, b *Basic) []Found {
	var out []Found
	var best *Item
	n := 0
	for _, i := range x.offers[b.Code] {
		it := &x.Items[i]
		if !f.takes(b, it) {
			continue
		}
		n++
		if f.q.Each {
			out = append(out, Found{Item: *it, Offers: 1})
		} else if best == nil || f.better(it, best) < 0 {
			best = it
		}
	}
	if best != nil {
		out = append(out, Found{Item: *best, Offers: n})
	}
	return out
}

// browse gives matters, or lists, by name.
func browse(q Query, x *Index, f filter) (p Page, err error) {
	name, id, err := readCursor(q.Cursor)
	if err != nil {
		return p, err
	}
	var all []Found
	for i := range x.Basics {
		all = append(all, f.of(x, &x.Basics[i])...)
	}
	slices.SortFunc(all, func(a, b Found) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	from, _ := slices.BinarySearchFunc(all, Found{}, func(e, _ Found) int {
		if cmp.Or(cmp.Compare(e.Name, name), cmp.Compare(e.ID, id)) <= 0 {
			return -1
		}
		return 1
	})
	if q.Cursor == "" {
		from = 0
	}
	p.Total = len(all)
	p.Items = all[from:min(from+q.Limit, len(all))]
	if from+q.Limit < len(all) {
		last := p.Items[len(p.Items)-1]
		p.Next = writeCursor(last.Name, last.ID)
	}
	return p, nil
}

func (s *Service) searchText(ctx context.Context, q Query, x *Index, f filter) (p Page, err error) {
	from := 0
	if q.Cursor != "" {
		if from, err = strconv.Atoi(q.Cursor); err != nil || from < 0 || from > searchDepth {
			return p, errBadCursor
		}
	}
	if it, ok := x.Item(strings.ToUpper(strings.TrimSpace(q.Text))); ok && it.State == InUse {
		return Page{Items: []Found{{Item: *it, Offers: 1}}, Total: 1}, nil
	}
	rd := s.db.Read(ctx)
	hits, didYouMean, err := search.Find(rd, s.db.Engine(), search.Query{Kind: docKind, Text: q.Text, Limit: searchDepth,
		Bodies: func(ids []int64) (map[int64]string, error) { return bodies(rd, ids) }})
	if err != nil {
		return p, err
	}
	p.DidYouMean = didYouMean
	var all []Found
	for _, h := range hits {
		if b, ok := x.BasicByID(h.ID); ok {
			all = append(all, f.of(x, b)...)
		}
	}
	p.Total, p.More = len(all), len(hits) == searchDepth
	if from < len(all) {
		p.Items = all[from:min(from+q.Limit, len(all))]
	}
	if from+q.Limit < len(all) {
		p.Next = strconv.Itoa(from + q.Limit)
	}
	return p, nil
}

// bodies gives what the index knows of documents, for the exact look.
func bodies(q db.Queryer, ids []int64) (map[int64]string, error) {
	in, args := places(ids)
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

// places writes places for ids, of which there is at least one, in an IN. Their number is rounded up to a power of
// two by repeating the last id, so that there are few texts to prepare and keep.
func places(ids []int64) (in string, args []any) {
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

// hotItems is how many the home page shows.
const hotItems = 12

// Hot lists the matters of the home page, each by one list.
func (s *Service) Hot(ctx context.Context) ([]Item, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	var out []Item
	f := filter{}
	for i := range x.Basics {
		for _, found := range f.of(x, &x.Basics[i]) {
			if found.Hot > 0 {
				out = append(out, found.Item)
			}
		}
	}
	slices.SortFunc(out, func(a, b Item) int { return cmp.Or(cmp.Compare(a.Hot, b.Hot), cmp.Compare(a.ID, b.ID)) })
	return out[:min(hotItems, len(out))], nil
}

// Offers lists the items in use of one basic code 基本编码: the same matter at
// each unit that handles it, from the city downwards.
func (s *Service) Offers(ctx context.Context, basicCode string) ([]Item, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, it := range x.Offers(basicCode) {
		if it.State == InUse {
			out = append(out, *it)
		}
	}
	f := filter{}
	slices.SortFunc(out, func(a, b Item) int { return f.better(&a, &b) })
	return out, nil
}

// Count tells how many matters and lists are in use, and how many units offer them.
func (s *Service) Count(ctx context.Context) (matters, lists, units int64, err error) {
	x, err := s.Index(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	unit, basic := map[int64]bool{}, map[string]bool{}
	for _, it := range x.Items {
		if it.State == InUse {
			lists++
			unit[it.UnitID], basic[it.BasicCode] = true, true
		}
	}
	return int64(len(basic)), lists, int64(len(unit)), nil
}

// NameOf gives the name of the matter with a basic code; the code itself if there
// is none.
func (s *Service) NameOf(ctx context.Context, basicCode string) (string, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return basicCode, err
	}
	if b, ok := x.Basic(basicCode); ok {
		return b.Name, nil
	}
	return basicCode, nil
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
