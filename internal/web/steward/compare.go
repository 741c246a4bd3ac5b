package steward

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// side is whose version of a part is taken.
type side string

const (
	mine   side = "mine"   // what was typed
	theirs side = "theirs" // what somebody else saved meanwhile
)

// differing 两边不同的一处 is a part of a section that two people wrote
// differently: a row of a list, or a field or group of a struct.
type differing struct {
	path         string        // by keys: "materials/m01", "limits/promised"
	at           string        // as the editor names it, without row numbers: "materials"
	theirs, mine reflect.Value // invalid: that side has no such row
}

// usual is the side that is offered first: nothing that was written is left out
// unless somebody says so.
func (d differing) usual() side {
	if !d.mine.IsValid() {
		return theirs
	}
	return mine
}

// differences lists the parts in which two values of a section differ.
func differences(name string, a, b reflect.Value) (out []differing) {
	if a.Kind() != reflect.Struct {
		return differencesBelow(name, name, a, b)
	}
	for i := range a.NumField() {
		field := jsonName(a.Type().Field(i))
		out = append(out, differencesBelow(name+"/"+field, name+"."+field, a.Field(i), b.Field(i))...)
	}
	return out
}

func differencesBelow(path, at string, a, b reflect.Value) (out []differing) {
	switch {
	case same(a, b):
		return nil
	case !isRows(a):
		return []differing{{path, at, a, b}}
	}
	for _, p := range pairs(a, b) {
		d := differing{path: path + "/" + p.key, at: at}
		if p.theirs >= 0 {
			d.theirs = a.Index(p.theirs)
		}
		if p.mine >= 0 {
			d.mine = b.Index(p.mine)
		}
		if p.theirs < 0 || p.mine < 0 || !same(d.theirs, d.mine) {
			out = append(out, d)
		}
	}
	return out
}

// same reports whether two values say the same: an empty list is none, and space
// around a text says nothing.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer:
		return a.IsNil() == b.IsNil() && (a.IsNil() || same(a.Elem(), b.Elem()))
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		return a.Len() == 0 && b.Len() == 0 || reflect.DeepEqual(a.Interface(), b.Interface())
	case reflect.String:
		return strings.TrimSpace(a.String()) == strings.TrimSpace(b.String())
	}
	return a.Equal(b)
}

// isRows reports whether a value is a list of structs.
func isRows(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct
}

// pair is a row on both sides; -1 where one has none.
type pair struct {
	key          string
	theirs, mine int
}

// pairs matches rows by their keys, then what is left by its place. They come in
// the order of mine; what the other side alone has stands where it stands there.
func pairs(a, b reflect.Value) []pair {
	keysA, keysB := rowKeys(a), rowKeys(b)
	list := make([]pair, len(keysB))
	used := map[int]bool{}
	for i, key := range keysB {
		list[i] = pair{key, slices.Index(keysA, key), i}
		used[list[i].theirs] = true
	}
	for i := range list {
		if list[i].theirs < 0 && i < len(keysA) && !used[i] {
			list[i].theirs, used[i] = i, true
		}
	}
	for j, key := range keysA {
		if used[j] {
			continue
		}
		after := slices.IndexFunc(list, func(p pair) bool { return j > 0 && p.theirs == j-1 })
		if after < 0 && j > 0 {
			after = len(list) - 1
		}
		list = slices.Insert(list, after+1, pair{key, j, -1})
	}
	return list
}

// rowKeys are the keys of rows, made different where two are alike.
func rowKeys(v reflect.Value) []string {
	out := make([]string, v.Len())
	seen := map[string]int{}
	for i := range out {
		key := rowKey(v.Index(i))
		if seen[key]++; seen[key] > 1 {
			key += "#" + strconv.Itoa(seen[key])
		}
		out[i] = key
	}
	return out
}

// rowKey is what a row is known by when others stand around it.
func rowKey(v reflect.Value) string {
	for _, name := range []string{"Code", "Key", "Field", "Name", "Law", "Q", "Text", "Kind"} {
		f := v.FieldByName(name)
		if !f.IsValid() || f.Kind() != reflect.String || f.String() == "" {
			continue
		}
		if article := v.FieldByName("Article"); article.IsValid() {
			return f.String() + " " + article.String()
		}
		return f.String()
	}
	return ""
}

// pickName is the name of the input that says which side of a part is taken.
func pickName(path string) string { return "_pick." + path }

// take lays what was picked of theirs into mine.
func take(name string, a, b reflect.Value, in url.Values) {
	if a.Kind() != reflect.Struct {
		takeBelow(name, a, b, in)
		return
	}
	for i := range a.NumField() {
		takeBelow(name+"/"+jsonName(a.Type().Field(i)), a.Field(i), b.Field(i), in)
	}
}

func takeBelow(path string, a, b reflect.Value, in url.Values) {
	switch {
	case isRows(a):
		takeRows(path, a, b, in)
	case side(in.Get(pickName(path))) == theirs:
		b.Set(a)
	}
}

func takeRows(path string, a, b reflect.Value, in url.Values) {
	out := reflect.MakeSlice(b.Type(), 0, b.Len())
	for _, p := range pairs(a, b) {
		switch side(in.Get(pickName(path + "/" + p.key))) {
		case theirs:
			if p.theirs >= 0 {
				out = reflect.Append(out, a.Index(p.theirs))
			}
		default:
			if p.mine >= 0 {
				out = reflect.Append(out, b.Index(p.mine))
			}
		}
	}
	if out.Len() == 0 {
		out = reflect.Zero(b.Type())
	}
	b.Set(out)
}
