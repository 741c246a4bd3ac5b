package catalog

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Change 变化 is one difference between two guides, in words for people.
type Change struct {
	Section string     `json:"section"` // of the guide, by its JSON name: "materials"
	Path    string     `json:"path"`    // what changed: "materials/m01/necessity"
	Kind    ChangeKind `json:"kind"`
	Burden  Burden     `json:"burden"`
	ZH      string     `json:"zh"` // 材料“营业执照”由必要改为容缺后补
	EN      string     `json:"en"`
}

// ChangeKind says what happened to the thing at a path.
type ChangeKind string

// Kinds of a difference.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Burden 负担 says what a difference means for the applicant.
type Burden string

// Burdens: Heavier asks more, takes longer or costs more; Lighter is the
// opposite; Neutral is neither, or cannot be told from the text.
const (
	Heavier Burden = "heavier"
	Lighter Burden = "lighter"
	Neutral Burden = "neutral"
)

// opposite is what taking away means where adding means b.
func (b Burden) opposite() Burden {
	switch b {
	case Heavier:
		return Lighter
	case Lighter:
		return Heavier
	}
	return Neutral
}

// Diff 版本差异 tells in what the new guide differs from the old one, section by
// section: materials are matched by code, steps by key, form fields by name,
// everything else by what it says. What concerns the applicant stands first:
// what asks more, takes longer or costs more, then what is made easier, then
// the rest in the guide's order. Two guides that say the same give nothing.
// Forms are compared as they are written: of a guide that is still being
// written compare the frozen form (form.Form.Frozen), in which nothing is left
// to a default. Diff is pure and takes guides that are not sound.
func Diff(old, new *Guide) []Change {
	d := &differ{}
	forms := sync.OnceValues(func() (*formDoc, *formDoc) { return readForm(old.Form), readForm(new.Form) })
	was, now := reflect.ValueOf(old).Elem(), reflect.ValueOf(new).Elem()
	for _, s := range sections {
		if reflect.DeepEqual(was.Field(s.index).Interface(), now.Field(s.index).Interface()) {
			continue
		}
		d.section = s.name
		switch s.name {
		case "basics":
			compare(d, s.name, thing{}, &old.Basics, &new.Basics, basicsRules)
		case "department":
			compare(d, s.name, thing{}, &old.Department, &new.Department, departmentRules)
		case "windows":
			entries(d, s.name, old.Windows, new.Windows, windowEntries)
		case "materials":
			entries(d, s.name, old.Materials, new.Materials, materialEntries(forms()))
		case "steps":
			entries(d, s.name, old.Steps, new.Steps, stepEntries)
		case "limits":
			compare(d, s.name, thing{}, &old.Limits, &new.Limits, limitsRules)
			entries(d, s.name+"/special", old.Limits.Special, new.Limits.Special, specialEntries)
		case "fees":
			entries(d, s.name, old.Fees, new.Fees, feeEntries)
		case "results":
			entries(d, s.name, old.Results, new.Results, resultEntries)
		case "basis":
			entries(d, s.name, old.Basis, new.Basis, basisEntries)
		case "questions":
			entries(d, s.name, old.Questions, new.Questions, questionEntries)
		case "scenarios":
			entries(d, s.name, old.Scenarios, new.Scenarios, scenarioEntries)
		case "commitments":
			entries(d, s.name, old.Commitments, new.Commitments, commitmentEntries(forms()))
		case "auto":
			entries(d, s.name, old.Auto, new.Auto, autoEntries)
		case "contacts":
			compare(d, s.name, thing{}, &old.Contacts, &new.Contacts, contactRules)
		case "remedies":
			compare(d, s.name, thing{}, &old.Remedies, &new.Remedies, remedyRules)
		case "form":
			of, nf := forms()
			diffForm(d, of, nf)
		case "privacy":
			compare(d, s.name, thing{}, &old.Privacy, &new.Privacy, privacyRules)
		default: // conditions, rights, duties, demo
			compare(d, "", thing{}, old, new, lineRules[s.name])
		}
	}
	slices.SortStableFunc(d.out, func(a, b Change) int { return cmp.Compare(a.concern(), b.concern()) })
	return d.out
}

// askedFirst is the order of sections among changes that ask more or less: what
// is asked, how long it takes, what it costs, how often one has to come.
var askedFirst = []string{"materials", "commitments", "form", "conditions", "limits", "fees", "basics", "results", "windows"}

// concern orders changes; less is nearer to the applicant.
func (c Change) concern() int {
	at := slices.Index(askedFirst, c.Section)
	if at < 0 {
		at = len(askedFirst)
	}
	switch c.Burden {
	case Heavier:
		return at
	case Lighter:
		return 100 + at
	}
	return 200
}

// differ gathers the changes of one comparison.
type differ struct {
	section string
	out     []Change
}

func (d *differ) add(path string, kind ChangeKind, b Burden, zh, en string) {
	if b == "" {
		b = Neutral
	}
	d.out = append(d.out, Change{Section: d.section, Path: path, Kind: kind, Burden: b, ZH: zh, EN: upperFirst(en)})
}

// thing is what a sentence speaks of: 材料“营业执照”; empty for the guide itself.
type thing struct{ zh, en string }

func (s thing) head(zh, en string) (string, string) {
	switch {
	case s.zh == "":
		return zh, en
	case zh == "":
		return s.zh, s.en
	}
	return s.zh + "的" + zh, s.en + ": " + en
}

// said is a value as a sentence says it.
type said struct {
	raw    string // tells values apart; "" is none
	zh, en string
	words  bool // words of ours, said without quotation marks
}

func plain(s string) said             { return said{raw: s, zh: s, en: s} }
func inWords(raw, zh, en string) said { return said{raw: raw, zh: zh, en: en, words: true} }

// pair says an old and a new value; long ones are cut to where they differ.
func pair(a, b said) (azh, aen, bzh, ben string) {
	azh, bzh = excerpt(a.zh, b.zh), excerpt(b.zh, a.zh)
	aen, ben = excerpt(a.en, b.en), excerpt(b.en, a.en)
	if !a.words {
		azh, aen = quoted(azh), quoted(aen)
	}
	if !b.words {
		bzh, ben = quoted(bzh), quoted(ben)
	}
	return azh, aen, bzh, ben
}

func (s said) alone() (zh, en string) {
	zh, en, _, _ = pair(s, said{})
	return zh, en
}

func quoted(s string) string { return "“" + s + "”" }

// Lengths of what a sentence cites, in characters.
const (
	citeMost   = 60
	citeBefore = 12 // kept before the first difference
)

// excerpt is a text as cited beside another one.
func excerpt(s, other string) string {
	r, o := []rune(s), []rune(other)
	if len(r) <= citeMost {
		return s
	}
	from := 0
	for from < min(len(r), len(o)) && r[from] == o[from] {
		from++
	}
	from = max(0, min(from-citeBefore, len(r)-citeMost))
	if from <= citeBefore {
		from = 0
	}
	out := string(r[from:min(from+citeMost, len(r))])
	if from > 0 {
		out = "……" + out
	}
	if from+citeMost < len(r) {
		out += "……"
	}
	return out
}

func upperFirst(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

// aspect says how one part of a T is compared and spoken of: a value or a list.
type aspect[T any] struct {
	path   string
	zh, en string                   // what it is called; empty where the thing says enough
	one    func(*T) said            // a value
	many   func(*T) []said          // a list
	weigh  func(old, new *T) Burden // of a value that is another now; nil: neutral
	more   Burden                   // of an entry that is added to a list
}

// compare compares two values by their rules.
func compare[T any](d *differ, at string, who thing, old, new *T, rules []aspect[T]) {
	for _, r := range rules {
		path := strings.TrimPrefix(at+"/"+r.path, "/")
		if r.many != nil {
			lines(d, path, who, r.zh, r.en, r.many(old), r.many(new), r.more)
			continue
		}
		a, b := r.one(old), r.one(new)
		if a.raw == b.raw {
			continue
		}
		weight := Neutral
		if r.weigh != nil {
			weight = r.weigh(old, new)
		}
		d.value(path, who, r.zh, r.en, a, b, weight)
	}
}

// value says that a value became another one.
func (d *differ) value(path string, who thing, zh, en string, a, b said, weight Burden) {
	hzh, hen := who.head(zh, en)
	azh, aen, bzh, ben := pair(a, b)
	switch {
	case a.raw == "":
		d.add(path, Added, weight, who.zh+"新增"+zh+"："+bzh, hen+" added: "+ben)
	case b.raw == "":
		d.add(path, Removed, weight, who.zh+"不再有"+zh+"（原为"+azh+"）", hen+" removed, was "+aen)
	default:
		d.add(path, Changed, weight, hzh+"由"+azh+"改为"+bzh, hen+" changed from "+aen+" to "+ben)
	}
}

// lines compares two lists by what their entries say.
func lines(d *differ, path string, who thing, zh, en string, old, new []said, more Burden) {
	hzh, hen := who.head(zh, en)
	raw := func(s said) string { return s.raw }
	m := match(old, new, raw, raw)
	for _, p := range m.both {
		if a, b := old[p.old], new[p.new]; a.raw != b.raw {
			azh, aen, bzh, ben := pair(a, b)
			d.add(fmt.Sprintf("%s/%d", path, p.new), Changed, Neutral, hzh+"中"+azh+"改为"+bzh, hen+": "+aen+" became "+ben)
		}
	}
	for _, i := range m.gone {
		azh, aen := old[i].alone()
		d.add(fmt.Sprintf("%s/%d", path, i), Removed, more.opposite(), hzh+"删去"+azh, hen+": "+aen+" removed")
	}
	for _, i := range m.fresh {
		bzh, ben := new[i].alone()
		d.add(fmt.Sprintf("%s/%d", path, i), Added, more, hzh+"新增"+bzh, hen+": "+ben+" added")
	}
	if m.moved {
		d.add(path, Changed, Neutral, hzh+"的顺序有调整", hen+" in another order")
	}
}

// entry says how the entries of a list of T are matched and spoken of.
type entry[T any] struct {
	zh, en string // what one of them is called
	key    func(*T) string
	name   func(*T) (zh, en string)
	note   func(*T) (zh, en string) // more about one that is added or removed; may be nil
	added  func(*T) Burden          // nil: neutral
	rules  []aspect[T]
	nested func(d *differ, at string, who thing, old, new *T) // lists within one; may be nil
	of     thing                                              // what the list belongs to, if not to the guide
}

// entries compares two lists of things that have a key or a name of their own.
func entries[T any](d *differ, path string, old, new []T, e entry[T]) {
	key := func(v T) string { return e.key(&v) }
	name := func(v T) string {
		zh, _ := e.name(&v)
		return zh
	}
	m := match(old, new, key, name)
	for _, p := range m.both {
		a, b := &old[p.old], &new[p.new]
		at, who := path+"/"+e.key(b), e.thing(a)
		compare(d, at, who, a, b, e.rules)
		if e.nested != nil {
			e.nested(d, at, who, a, b)
		}
	}
	say := func(v *T, kind ChangeKind, zh, en string) {
		who := e.thing(v)
		if e.note != nil {
			if nzh, nen := e.note(v); nzh != "" {
				who.zh, who.en = who.zh+"（"+nzh+"）", who.en+" ("+nen+")"
			}
		}
		weight := Neutral
		if e.added != nil {
			weight = e.added(v)
		}
		if kind == Removed {
			weight = weight.opposite()
		}
		d.add(path+"/"+e.key(v), kind, weight, zh+who.zh, en+" "+who.en)
	}
	for _, i := range m.gone {
		say(&old[i], Removed, "删去", "removed:")
	}
	for _, i := range m.fresh {
		say(&new[i], Added, "新增", "added:")
	}
	if m.moved {
		hzh, hen := e.of.head(e.zh, e.en)
		d.add(path, Changed, Neutral, hzh+"的排列顺序有调整", hen+": in another order")
	}
}

func (e entry[T]) thing(v *T) thing {
	zh, en := e.name(v)
	hzh, hen := e.of.head(e.zh, e.en)
	return thing{hzh + quoted(excerpt(zh, "")), hen + " " + quoted(excerpt(cmp.Or(en, zh), ""))}
}

// matched is how the entries of two lists belong together.
type matched struct {
	both  []twin // in the order of the new list
	gone  []int  // of the old list
	fresh []int  // of the new list
	moved bool   // those in both stand in another order
}

type twin struct{ old, new int }

// alike is how much two names must share to be taken for one thing renamed.
const alike = 0.5

// match brings the entries of two lists together: by key, and what is left by
// names that are much alike. A key that stands more than once counts in order.
func match[T any](old, new []T, key, name func(T) string) matched {
	at := map[string][]int{}
	for i, v := range old {
		at[key(v)] = append(at[key(v)], i)
	}
	partner := make([]int, len(new))
	taken := make([]bool, len(old))
	for j, v := range new {
		partner[j] = -1
		if k := key(v); len(at[k]) > 0 {
			partner[j], taken[at[k][0]] = at[k][0], true
			at[k] = at[k][1:]
		}
	}
	var m matched
	for j, v := range new {
		if partner[j] >= 0 {
			continue
		}
		best := alike
		for i, o := range old {
			if taken[i] {
				continue
			}
			if s := likeness(name(o), name(v)); s > best || s == best && partner[j] < 0 {
				best, partner[j] = s, i
			}
		}
		if partner[j] >= 0 {
			taken[partner[j]] = true
		}
	}
	last := -1
	for j, i := range partner {
		if i < 0 {
			m.fresh = append(m.fresh, j)
			continue
		}
		m.both = append(m.both, twin{i, j})
		m.moved = m.moved || i < last
		last = max(last, i)
	}
	for i, t := range taken {
		if !t {
			m.gone = append(m.gone, i)
		}
	}
	return m
}

// likeness is the share of pairs of characters that two texts have in common.
func likeness(a, b string) float64 {
	if a == b {
		return 1
	}
	x, y := []rune(a), []rune(b)
	if len(x) < 2 || len(y) < 2 {
		return 0
	}
	count := map[[2]rune]int{}
	for i := range len(x) - 1 {
		count[[2]rune{x[i], x[i+1]}]++
	}
	common := 0
	for i := range len(y) - 1 {
		if p := [2]rune{y[i], y[i+1]}; count[p] > 0 {
			count[p]--
			common++
		}
	}
	return float64(2*common) / float64(len(x)+len(y)-2)
}
