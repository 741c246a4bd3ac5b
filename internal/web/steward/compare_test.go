package steward

import (
	"net/url"
	"reflect"
	"slices"
	"testing"

	"github.com/tongban/tongban/internal/catalog"
)

func TestPairs(t *testing.T) {
	rows := func(names ...string) reflect.Value {
		var out []catalog.Window
		for _, n := range names {
			out = append(out, catalog.Window{Name: n})
		}
		return reflect.ValueOf(out)
	}
	for name, x := range map[string]struct {
		theirs, mine reflect.Value
		want         []pair
	}{
		"nothing":             {rows(), rows(), []pair{}},
		"the same":            {rows("a", "b"), rows("a", "b"), []pair{{"a", 0, 0}, {"b", 1, 1}}},
		"another order":       {rows("a", "b"), rows("b", "a"), []pair{{"b", 1, 0}, {"a", 0, 1}}},
		"they added":          {rows("a", "x", "b"), rows("a", "b"), []pair{{"a", 0, 0}, {"x", 1, -1}, {"b", 2, 1}}},
		"they added in front": {rows("x", "a"), rows("a"), []pair{{"x", 0, -1}, {"a", 1, 0}}},
		"I added":             {rows("a"), rows("a", "y"), []pair{{"a", 0, 0}, {"y", -1, 1}}},
		"renamed":             {rows("a", "b", "x"), rows("c", "b"), []pair{{"c", 0, 0}, {"b", 1, 1}, {"x", 2, -1}}},
		"alike":               {rows("a", "a"), rows("a", "a", "a"), []pair{{"a", 0, 0}, {"a#2", 1, 1}, {"a#3", -1, 2}}},
	} {
		if got := pairs(x.theirs, x.mine); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}

// TestTake: whatever is picked, each part is one side's.
func TestTake(t *testing.T) {
	theirs := catalog.Limits{Promised: catalog.Limit{Days: 5, Unit: "workday"}, StatutoryBasis: "甲", Special: []catalog.Special{{Kind: "hearing", Days: 3}, {Kind: "expert", Days: 9}}}
	mine := catalog.Limits{Promised: catalog.Limit{Days: 7, Unit: "workday"}, StatutoryBasis: "甲 ", Receipt: &catalog.Limit{Days: 1}, Special: []catalog.Special{{Kind: "hearing", Days: 4}, {Kind: "testing", Days: 2}}}
	var paths []string
	for _, d := range differences("limits", reflect.ValueOf(theirs), reflect.ValueOf(mine)) {
		paths = append(paths, d.path)
	}
	if want := []string{"limits/promised", "limits/receipt", "limits/special/hearing", "limits/special/testing"}; !slices.Equal(paths, want) {
		t.Fatalf("%v", paths)
	}
	pick := func(paths ...string) catalog.Limits {
		out, in := mine, url.Values{}
		for _, p := range paths {
			in.Set(pickName(p), "theirs")
		}
		take("limits", reflect.ValueOf(theirs), reflect.ValueOf(&out).Elem(), in)
		return out
	}
	if got := pick(); !reflect.DeepEqual(got, mine) {
		t.Errorf("nothing picked: %+v", got)
	}
	if got := pick("limits/promised", "limits/receipt", "limits/special/testing"); got.Promised.Days != 5 || got.Receipt != nil || got.Special[0].Days != 4 || got.Special[1].Kind != "expert" {
		t.Errorf("%+v", got)
	}
	words, mineWords := []string{"一"}, []string{"二"}
	take("rights", reflect.ValueOf(words), reflect.ValueOf(&mineWords).Elem(), url.Values{"_pick.rights": {"theirs"}})
	if !slices.Equal(mineWords, words) {
		t.Errorf("%v", mineWords)
	}
}

func TestSame(t *testing.T) {
	a := catalog.Material{Code: "m01", Formats: []string{}, When: &catalog.Cond{Field: "x", In: []string{"1"}}}
	b := catalog.Material{Code: "m01 ", When: &catalog.Cond{Field: "x", In: []string{"1"}}}
	if !same(reflect.ValueOf(a), reflect.ValueOf(b)) {
		t.Error("an empty list and none, and space, are told apart")
	}
	b.When = &catalog.Cond{Field: "x", In: []string{"2"}}
	if same(reflect.ValueOf(a), reflect.ValueOf(b)) {
		t.Error("another condition is the same")
	}
}
