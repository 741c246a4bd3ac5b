package steward

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web"
)

// teller says values of a guide in the words of the editor.
type teller struct {
	page  *web.Page
	guide *catalog.Guide // whose form conditions are said with
	files shelf
}

// told is a field of a part in words, on one side.
type told struct {
	label string
	lines []string
	empty bool
}

// tell says a part field by field.
func (t *teller) tell(at string, v reflect.Value) []told {
	if v.Kind() == reflect.Struct && !whole(v) {
		var out []told
		for i := range v.NumField() {
			out = append(out, t.tell(at+"."+jsonName(v.Type().Field(i)), v.Field(i))...)
		}
		return out
	}
	w := wordsOf(at)
	return []told{{t.page.Tr(w.zh, w.en), t.lines(at, v), v.IsZero()}}
}

// whole reports whether a struct is said in one piece.
func whole(v reflect.Value) bool {
	switch v.Interface().(type) {
	case catalog.Cond, catalog.Limit:
		return true
	}
	return false
}

// lines says a field.
func (t *teller) lines(at string, v reflect.Value) []string {
	tr := t.page.Tr
	switch x := v.Interface().(type) {
	case *catalog.Cond:
		if x == nil {
			return nil
		}
		return []string{tr(t.guide.CondWords(x))}
	case *catalog.Limit:
		if x == nil {
			return nil
		}
		return t.limit(*x)
	case catalog.Limit:
		return t.limit(x)
	case bool:
		if x {
			return []string{tr("是", "Yes")}
		}
		return []string{tr("否", "No")}
	case int:
		return []string{strconv.Itoa(x)}
	case map[string]string:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			out = append(out, k+" ← "+x[k])
		}
		return out
	case []string:
		var out []string
		for _, s := range x {
			out = append(out, t.word(at, s))
		}
		return out
	}
	if isRows(v) {
		var out []string
		for i := range v.Len() {
			out = append(out, t.row(at, v.Index(i)))
		}
		return out
	}
	if v.String() == "" {
		return nil
	}
	return strings.Split(t.word(at, v.String()), "\n")
}

func (t *teller) limit(l catalog.Limit) []string {
	out := []string{t.page.Tr(l.Words())}
	if l.Note != "" {
		out = append(out, l.Note)
	}
	return out
}

// row says a row of a list within a part in one line.
func (t *teller) row(at string, v reflect.Value) string {
	var words []string
	for _, x := range t.tell(at, v) {
		if !x.empty {
			words = append(words, strings.Join(x.lines, t.page.Tr("、", ", ")))
		}
	}
	return strings.Join(words, t.page.Tr("：", ": "))
}

// word says a text, or a code by its meaning.
func (t *teller) word(at, s string) string {
	w := wordsOf(at)
	if w.upload {
		return t.file(s)
	}
	for _, o := range w.codes {
		if o.value == s {
			return t.page.Tr(o.zh, o.en)
		}
	}
	return s
}

func (t *teller) file(address string) string {
	key, ok := catalog.FileKey(address)
	if !ok {
		return address
	}
	f, ok := t.files.kept[key]
	if !ok {
		f = t.files.taken[key].GuideFile
	}
	if f.Key == "" {
		return t.page.Tr("上传的文件", "An uploaded file")
	}
	return f.Name + t.page.Tr("（", " (") + web.FileWords(*t.page, f.Type, f.Size) + t.page.Tr("）", ")")
}
