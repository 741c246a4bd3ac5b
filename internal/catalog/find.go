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
	Text     string // a question, words, parts of words, pinyin, a code, the name of an office or a place
	Audience string // "person" or "entity", or a 服务对象 code
	Topic    string
	Event    string // 生命周期
	Domain   string // 公共服务领域
	Dept     string // kind of department in charge, as in Basic
	Unit     string // unit key: who decides, or the centre that receives
	Division string // 12 digits; items of the division and of the levels above it
	Level    string // 行使层级
	Scope    string // 通办范围
	Type     string
	CaseType string
	Each     bool // every list by itself; otherwise a matter is given once, by the list that fits best
	Unopened bool // also matters that no unit offers yet; never with Each
	Counts   bool // fill Page.Counts
	Cursor   string
	Limit    int // 20 when zero, 100 at most
}

// Found is a list that was found, and in how many places the same matter can be
// handled under the filters of the query. Where no unit offers the matter yet,
// Offers is 0 and Item has what the basic catalogue says, without id and code.
type Found struct {
	Item
	Matter *Basic
	Offers int     // units
	Parts  []*Item // where the list is one of several handling items 业务办理项 of its unit: those in use, by code
	Near   bool    // something else has the words; this is only like it, and not counted in Total
}

// Page is one page of answers.
type Page struct {
	Items      []Found
	Next       string // cursor of the next page, empty at the end
	Total      int    // how many there are
	More       bool   // there are more than Total: a search looks at the best hits alone
	DidYouMean bool   // nothing had all the words; these have some
	Place      Place  // what the text named besides
	Counts     Counts
}

const docKind = "item"

// searchDepth is how many hits a search looks at.
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
	q.Text = strings.TrimSpace(q.Text)
	if q.Text == "" {
		return browse(q, x, dir)
	}
	if code := strings.ToUpper(q.Text); len(code) >= s.codes.BasicLen() {
		it, ok := x.Item(code)
		if !ok {
			it, ok = x.Item(code[:min(len(code), s.codes.ImplementationLen())])
		}
		if ok && it.State == InUse {
			b, _ := x.Basic(it.BasicCode)
			return Page{Items: []Found{{Item: *it, Matter: b, Offers: 1}}, Total: 1}, nil
		}
	}
	place, rest := namedPlace(q, dir)
	if place.Named() {
		narrow := q
		narrow.Text = rest
		place.narrow(&narrow)
		if rest == "" {
			p, err = browse(narrow, x, dir)
		} else {
			p, err = s.searchText(ctx, narrow, x, dir)
		}
		if p.Place = place; err != nil || p.Total > 0 && !p.DidYouMean {
			return p, err
		}
	}
	p, err = s.searchText(ctx, q, x, dir)
	if place.Missed = place.Named() && p.Total > 0; place.Missed {
		p.Place = place
	}
	if err == nil && q.bare() && (p.Total == 0 || p.DidYouMean) {
		s.miss(q.Text, p.DidYouMean)
	}
	return p, err
}

// bare reports that a person asked for nothing but words: what is then not
// found is the catalogue's lack, not a filter's doing.
func (q Query) bare() bool {
	return q.Unopened && !q.Each && q.Cursor == "" && q.Audience+q.Topic+q.Event+q.Domain+q.Dept+q.Unit+q.Division+q.Level+q.Scope+q.Type+q.CaseType == ""
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
	f.divisions = chain(dir, q.Division)
	return f
}

// chain is a division and those above it.
func chain(dir *identity.Directory, code string) (out []string) {
	for code != "" && len(out) < 8 {
		out = append(out, code)
		d, _ := dir.Division(code)
		code = d.Parent
	}
	return out
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
func (f filter) of(x *Index, b *Basic, c *counting) []Found {
	var out []Found
	var best *Item
	n := 0 // units that offer it: the handling items of one count once
	var parts []*Item
	var divided []int64
	wrong := f.matter(b)
	if wrong.count() > 1 || wrong != 0 && c == nil {
		return nil
	}
	lists := 0
	for _, i := range x.offers[b.Code] {
		it := &x.Items[i]
		if it.State != Cancelled {
			lists++
		}
		if it.State != InUse {
			continue
		}
		w := wrong | f.list(it)
		c.list(b, it, w)
		if w != 0 {
			continue
		}
		if part := it.Facts.Handling.No != ""; !part || !slices.Contains(divided, it.UnitID) {
			n++
			if part {
				divided = append(divided, it.UnitID)
			}
		}
		if f.q.Each {
			out = append(out, Found{Item: *it, Matter: b, Offers: 1})
		} else if best == nil || f.better(it, best) < 0 {
			best = it
		}
	}
	switch {
	case best != nil:
		if best.Facts.Handling.No != "" {
			parts = slices.DeleteFunc(x.Parts(b.Code, best.UnitID), func(it *Item) bool { return it.State != InUse })
		}
		out = append(out, Found{Item: *best, Matter: b, Offers: n, Parts: parts})
	case f.q.Unopened && !f.q.Each && lists == 0 && b.State == InUse && f.anywhere():
		c.matter(b, wrong)
		if wrong == 0 {
			out = append(out, Found{Item: Item{BasicCode: b.Code, Name: b.Name, NameEN: b.NameEN, Summary: b.Summary, Type: b.Type}, Matter: b})
		}
	}
	c.done()
	return out
}

// browse gives matters, or lists: those on offer first, by name.
func browse(q Query, x *Index, dir *identity.Directory) (p Page, err error) {
	name, id, err := readCursor(q.Cursor)
	if err != nil {
		return p, err
	}
	f := newFilter(q, dir)
	c := newCounting(q, dir)
	var all []Found
	for i := range x.Basics {
		all = append(all, f.of(x, &x.Basics[i], c)...)
	}
	slices.SortFunc(all, func(a, b Found) int { return cmp.Or(cmp.Compare(a.key(), b.key()), cmp.Compare(a.ID, b.ID)) })
	from, _ := slices.BinarySearchFunc(all, Found{}, func(e, _ Found) int {
		if cmp.Or(cmp.Compare(e.key(), name), cmp.Compare(e.ID, id)) <= 0 {
			return -1
		}
		return 1
	})
	if q.Cursor == "" {
		from = 0
	}
	p.Total, p.Counts = len(all), c.counts()
	p.Items = all[from:min(from+q.Limit, len(all))]
	if from+q.Limit < len(all) {
		last := p.Items[len(p.Items)-1]
		p.Next = writeCursor(last.key(), last.ID)
	}
	return p, nil
}

// key orders what is browsed.
func (f Found) key() string {
	if f.Offers == 0 {
		return "1" + f.Name + f.BasicCode
	}
	return "0" + f.Name
}

// candidate is a matter that answers a text.
type candidate struct {
	matter *Basic
	score  float64
	sure   bool // it has the words
	near   bool // it has not, and others have
}

// What else counts for the order of answers, beside how well they fit.
const (
	offeredBonus = 0.08 // some unit offers it
	hotBonus     = 0.03
	lengthMalus  = 0.002 // for each character of the name
	bodyScore    = 0.3   // the text stands in the guide
	familyBonus  = 0.15  // of the best score, for its siblings
	belowBest    = 0.9   // of the best score, beyond which that does not lift them
	closeShare   = 0.5   // of the best score, for what is as good as sure
	fewSure      = 5     // with fewer sure answers, guides are searched too
)

func (s *Service) searchText(ctx context.Context, q Query, x *Index, dir *identity.Directory) (p Page, err error) {
	from := 0
	if q.Cursor != "" {
		if from, err = strconv.Atoi(q.Cursor); err != nil || from < 0 || from > searchDepth {
			return p, errBadCursor
		}
	}
	all, more, err := s.candidates(ctx, q.Text, x)
	if err != nil {
		return p, err
	}
	f := newFilter(q, dir)
	type answer struct {
		found []Found
		candidate
	}
	var answers []answer
	near := true
	p.DidYouMean = true
	for _, c := range all {
		found := f.of(x, c.matter, nil)
		if len(found) == 0 {
			continue
		}
		near, p.DidYouMean = near && c.near, p.DidYouMean && !c.sure
		c.score -= lengthMalus * float64(len([]rune(c.matter.Name)))
		if found[0].Offers > 0 {
			c.score += offeredBonus
		}
		if found[0].Hot > 0 {
			c.score += hotBonus
		}
		answers = append(answers, answer{found, c})
	}
	slices.SortStableFunc(answers, func(a, b answer) int {
		if a.near != b.near && b.near {
			return -1
		} else if a.near != b.near {
			return 1
		}
		return cmp.Compare(b.score, a.score)
	})
	var list []Found
	for _, a := range answers {
		for _, found := range a.found {
			found.Near = a.near && !near
			list = append(list, found)
			if !found.Near {
				p.Total++
			}
		}
	}
	if q.Counts {
		c := newCounting(q, dir)
		for _, cand := range all {
			if !cand.near {
				f.of(x, cand.matter, c)
			}
		}
		p.Counts = c.counts()
	}
	p.More, p.DidYouMean = more, p.DidYouMean && len(list) > 0
	if from < len(list) {
		p.Items = list[from:min(from+q.Limit, len(list))]
	}
	if from+q.Limit < len(list) {
		p.Next = strconv.Itoa(from + q.Limit)
	}
	return p, nil
}

// candidates are the matters that answer a text: those whose names do, and if
// these are few, those in whose guide the text stands.
func (s *Service) candidates(ctx context.Context, text string, x *Index) (out []candidate, more bool, err error) {
	if b, ok := x.codeIn(text); ok {
		return []candidate{{matter: b, score: 1, sure: true}}, false, nil
	}
	at, sure := map[int64]int{}, 0
	for _, m := range x.words.Find(text, searchDepth) {
		b, ok := x.BasicByID(m.ID)
		if !ok {
			continue
		}
		at[m.ID] = len(out)
		out = append(out, candidate{matter: b, score: m.Score, sure: m.Sure})
		if m.Sure {
			sure++
		}
	}
	more = len(out) == searchDepth
	if sure < fewSure {
		rd := s.db.Read(ctx)
		hits, err := search.FindExact(rd, s.db.Engine(), search.Query{Kind: docKind, Text: text, Limit: searchDepth,
			Bodies: func(ids []int64) (map[int64]string, error) { return bodies(rd, ids) }})
		if err != nil {
			return nil, false, err
		}
		more = more || len(hits) == searchDepth
		for _, h := range hits {
			i, known := at[h.ID]
			b, ok := x.BasicByID(h.ID)
			switch {
			case known:
				out[i].score, out[i].sure = max(out[i].score, bodyScore), true
			case ok && b.State == InUse:
				at[h.ID] = len(out)
				out = append(out, candidate{matter: b, score: bodyScore, sure: true})
			}
		}
	}
	return x.withFamily(out, at), more, nil
}

// withFamily raises what belongs to the same main item as the best answer:
// who asks for a change of a licence may have meant its renewal. What neither
// has the words nor comes close to the best is near, as soon as some have them.
func (x *Index) withFamily(out []candidate, at map[int64]int) []candidate {
	if len(out) == 0 {
		return nil
	}
	best := slices.MaxFunc(out, func(a, b candidate) int { return cmp.Compare(a.score, b.score) })
	for _, i := range x.family[x.codes.MainOf(best.matter.Code)] {
		b := &x.Basics[i]
		switch k, known := at[b.ID]; {
		case b.ID == best.matter.ID || b.State != InUse:
		case known:
			out[k].score = max(out[k].score, min(out[k].score+familyBonus*best.score, belowBest*best.score))
		default:
			out = append(out, candidate{matter: b, score: familyBonus * best.score})
		}
	}
	if slices.ContainsFunc(out, func(c candidate) bool { return c.sure }) {
		for i := range out {
			out[i].near = !out[i].sure && out[i].score < closeShare*best.score
		}
	}
	return out
}

// codeIn finds the matter of a basic code, or of an item code that holds one.
func (x *Index) codeIn(text string) (*Basic, bool) {
	basic, ok := x.codes.BasicOf(strings.ToUpper(strings.ReplaceAll(text, " ", "")))
	if !ok {
		return nil, false
	}
	b, ok := x.Basic(basic)
	return b, ok && b.State == InUse
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
		for _, found := range f.of(x, &x.Basics[i], nil) {
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
