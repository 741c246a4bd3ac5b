package ident

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/errs"
)

// One line per number: what it is, what must be said about it.
type vector struct {
	name, in string
	code     string   // reason's code; "" means valid
	warnings []string // codes of the warnings, in order
}

func check(t *testing.T, f func(string) Result, vs []vector) {
	t.Helper()
	for _, v := range vs {
		t.Run(v.name, func(t *testing.T) {
			r := f(v.in)
			if r.Valid != (v.code == "") || r.Reason.Code != v.code {
				t.Errorf("%q: valid %v, %+v; want %q", v.in, r.Valid, r.Reason, v.code)
			}
			var got []string
			for _, w := range r.Warnings {
				got = append(got, w.Code)
			}
			if !slices.Equal(got, v.warnings) {
				t.Errorf("%q: warnings %v, want %v", v.in, got, v.warnings)
			}
			if r.Valid == (r.Err("f") != nil) {
				t.Errorf("%q: Err = %v", v.in, r.Err("f"))
			}
		})
	}
}

func TestCheckUSCC(t *testing.T) {
	check(t, CheckUSCC, []vector{
		{name: "Suzhou organ", in: "113205000141492526"},
		{name: "Xinjiang organ", in: "11650000010183859F"},
		{name: "public institution", in: "12441500196720244T"},
		{name: "Sichuan 1", in: "11511301008778183N"},
		{name: "Sichuan 2", in: "115113010833722043"},
		{name: "Wuxi approval bureau", in: "113202000140078363"},
		{name: "company", in: "91320200MA1X00A108"},
		{name: "household", in: "92320213MA1X00B256"},
		{name: "association", in: "523202005090000035"},
		{name: "lower case", in: "91320211ma2000000p", warnings: []string{"form"}},
		{name: "full width", in: "\u3000\uff19\uff11\uff13\uff12\uff10\uff12\uff11\uff11\uff2d\uff21\uff12\uff10\uff10\uff10\uff10\uff10\uff10\uff30 ", warnings: []string{"form"}},
		{name: "one digit off", in: "113205000141492525", code: "check-digit"},
		{name: "two swapped", in: "113205000141495226", code: "check-digit"},
		{name: "letter O", in: "91320211MA200O000P", code: "alphabet"},
		{name: "letter in division", in: "9132A211MA2000000P", code: "division"},
		{name: "short", in: "11320500014149252", code: "length"},
		{name: "empty", in: "", code: "length"},
		{name: "NUL", in: "\x0013205000141492526", code: "alphabet"},
		{name: "not text", in: "\xff\xff", code: "length", warnings: []string{"form"}},
	})
	inner := "91320200MA1X00A11" // as the company above, another inner check digit
	check(t, CheckUSCC, []vector{{name: "inner code does not fit", in: inner + string(usccCheck(inner)), warnings: []string{"org-check-digit"}}})
	check(t, CheckUSCC, []vector{{name: "odd department", in: mustMake(t)(MakeUSCC("Q1", "320200", "MA1X00A1")), warnings: []string{"department"}}})
}

func TestCheckOrg(t *testing.T) {
	check(t, CheckOrg, []vector{
		{name: "Wuxi approval bureau", in: "014007836"},
		{name: "with hyphen", in: "01400783-6", warnings: []string{"form"}},
		{name: "with X", in: "D2143569-X", warnings: []string{"form"}},
		{name: "one digit off", in: "014007826", code: "check-digit"},
		{name: "X for a digit", in: "01400783X", code: "check-digit"},
		{name: "other letter at the end", in: "01400783A", code: "alphabet"},
		{name: "hyphen elsewhere", in: "0140078-36", code: "length"},
		{name: "sign within", in: "0140*7836", code: "alphabet"},
	})
}

func TestCheckResident(t *testing.T) {
	check(t, CheckResident, []vector{
		{name: "standard's first", in: "11010519491231002X"},
		{name: "standard's second", in: "440524188001010014"},
		{name: "Wuxi 1", in: "32021119900307233X"},
		{name: "Wuxi 2", in: "320205198501010017"},
		{name: "Wuxi 3", in: "320213200012310043"},
		{name: "abolished 崇安区", in: mustMake(t)(MakeResident("320202", day("1975-05-05"), 21))},
		{name: "abolished 南长区", in: mustMake(t)(MakeResident("320203", day("1975-05-05"), 21))},
		{name: "Taiwan residents' permit", in: mustMake(t)(MakeResident("830000", day("1975-05-05"), 21))},
		{name: "29 February", in: mustMake(t)(MakeResident("320202", day("2000-02-29"), 21))},
		{name: "small x", in: "11010519491231002x", warnings: []string{"form"}},
		{name: "full-width X", in: "11010519491231002\uff38", warnings: []string{"form"}},
		{name: "check digit", in: "320211199003072331", code: "check-digit"},
		{name: "swapped", in: "32021119900370233X", code: "birth-date"},
		{name: "31 February", in: "32021119900231233X", code: "birth-date"},
		{name: "no leap year", in: "32021119000229233X", code: "birth-date"},
		{name: "18th century", in: "32021117990307233X", code: "birth-date"},
		{name: "no province", in: "99021119900307233X", code: "division"},
		{name: "X inside", in: "3202111990030X2331", code: "alphabet"},
		{name: "old number", in: "320211900307233", code: "length"},
		{name: "empty", in: "", code: "length"},
	})
	if r := CheckResidentOn("320213200012310043", day("2000-12-30")); r.Valid || r.Reason.Code != "birth-date" {
		t.Errorf("born tomorrow: %+v", r)
	}
	if r := CheckResidentOn("320213200012310043", day("2000-12-31")); !r.Valid {
		t.Errorf("born today: %+v", r)
	}
}

func TestResident_parts(t *testing.T) {
	p, r := ParseResident("32021119900307233X")
	if !r.Valid || p.Division != "320211" || p.Birth != day("1990-03-07") || !p.Male() || p.Check != "X" {
		t.Errorf("%+v", p)
	}
	if p, _ := ParseResident("320213200012310043"); p.Male() {
		t.Error("004 is female")
	}
	for on, want := range map[string]int{"2008-03-06": 17, "2008-03-07": 18, "1990-03-07": 0, "1990-03-06": -1} {
		if got := p.AgeOn(day(on)); got != want {
			t.Errorf("age on %s = %d, want %d", on, got, want)
		}
	}
}

func TestCheckItem(t *testing.T) {
	check(t, DefaultProfile().CheckItem, []vector{
		{name: "Suzhou implementation", in: "1132050001414925263320105028002"},
		{name: "Suzhou handling item", in: "113205000141492526332010502800201"},
		{name: "Xinjiang", in: "11650000010183859F2650116013001"},
		{name: "local type", in: "12441500196720244T3442199806003", warnings: []string{"item-type"}},
		{name: "Shanghai basic", in: "310150356000"},
		{name: "Shanghai other power", in: "311050375000"},
		{name: "main item with sub-items", in: "32010100100Y"},
		{name: "national", in: "000150356000"},
		{name: "synthetic Wuxi", in: "1132020001400783633320199001000"},
		{name: "odd province", in: "990150356000", warnings: []string{"province"}},
		{name: "unit's check digit", in: "1132050001414925253320105028002", code: "unit-check-digit"},
		{name: "unit's alphabet", in: "1132050001414925I63320105028002", code: "unit-alphabet"},
		{name: "level 0", in: "1132050001414925260320105028002", code: "level"},
		{name: "level 8", in: "1132050001414925268320105028002", code: "level"},
		{name: "type 00", in: "320050356000", code: "item-type"},
		{name: "type 30", in: "323050356000", code: "item-type"},
		{name: "letters in main", in: "3201A0356000", code: "alphabet"},
		{name: "sub-item 01Y", in: "32015035601Y", code: "sub-item"},
		{name: "handling 00", in: "113205000141492526332010502800200", code: "handling"},
		{name: "handling letters", in: "1132050001414925263320105028002A1", code: "handling"},
		{name: "standard's 24", in: "113205000141492526332010", code: "length"},
		{name: "empty", in: "", code: "length"},
	})
}

func TestItem_parts(t *testing.T) {
	it, r := DefaultProfile().ParseItem("113205000141492526332010502800201")
	want := Item{Unit: "113205000141492526", Level: "3", Province: "32", Type: "01", Main: "05028", Sub: "002", Handling: "01"}
	if !r.Valid || it != want {
		t.Fatalf("%+v", it)
	}
	if it.Basic() != "320105028002" || it.Implementation() != "1132050001414925263320105028002" || it.String() != "113205000141492526332010502800201" {
		t.Error(it.Basic(), it.Implementation(), it)
	}
	if s, err := DefaultProfile().MakeItem(want); err != nil || s != it.String() {
		t.Errorf("MakeItem = %s, %v", s, err)
	}
	bad := want
	bad.Main, bad.Sub = "0502", "8002" // right length in all, wrong parts
	if s, err := DefaultProfile().MakeItem(bad); err == nil {
		t.Errorf("MakeItem of shifted parts = %s", s)
	}
}

// A city may use other widths: here those of DB52/T 1264 with a 9-character
// organisation code.
func TestProfile(t *testing.T) {
	p := DefaultProfile()
	p.Province, p.Unit, p.Levels = 0, 9, "34"
	if p.BasicLen() != 10 || p.ImplementationLen() != 20 || p.HandlingLen() != 22 {
		t.Fatal(p.BasicLen(), p.ImplementationLen(), p.HandlingLen())
	}
	check(t, p.CheckItem, []vector{
		{name: "basic", in: "010010100Y"},
		{name: "implementation", in: "01400783630100101001"},
		{name: "unit's check digit", in: "01400783530100101001", code: "unit-check-digit"},
		{name: "level", in: "01400783620100101001", code: "level"},
		{name: "default width", in: "310150356000", code: "length"},
	})
	no, err := p.MakeCase("01400783630100101001", "2026-11-23", 7)
	if err != nil || no != "01400783630100101001202611230007" {
		t.Errorf("MakeCase = %s, %v", no, err)
	}
}

func TestProfile_parts(t *testing.T) {
	p := DefaultProfile()
	p.Unit = 9
	uscc := mustMake(t)(MakeUSCC("11", "320213", "XX000001"))
	code := p.Compose(uscc, "4", "320199001000")
	if code != uscc[8:17]+"4320199001000" || len(code) != 22 {
		t.Fatal(code)
	}
	if p.UnitCode(uscc) != uscc[8:17] || p.UnitCode("x") != "x" || DefaultProfile().UnitCode(uscc) != uscc {
		t.Error("unit's code")
	}
	want := Item{Unit: uscc[8:17], Level: "4", Province: "32", Type: "01", Main: "99001", Sub: "000"}
	if it, ok := p.Split(code); !ok || it != want {
		t.Errorf("%+v", it)
	}
	want.Handling = "07"
	for _, c := range []string{code, code + "07", "320199001000"} {
		basic, ok := p.BasicOf(c)
		it, split := p.Split(c)
		if !ok || !split || basic != "320199001000" || it.Basic() != basic || it.String() != c && it.Basic() != c {
			t.Errorf("%s: %s, %+v", c, basic, it)
		}
		if len(c) == 24 && it != want {
			t.Errorf("%+v", it)
		}
	}
	for _, c := range []string{"", "3201", code[:21], code + "7", code + "077"} {
		if _, ok := p.Split(c); ok {
			t.Errorf("%q was split", c)
		}
		if _, ok := p.BasicOf(c); ok {
			t.Errorf("%q has a basic code", c)
		}
	}
	no := p.CaseNo(code+"07", "2026-11-23", 7)
	if it, ok := p.CaseItem(no); no != code+"202611230007" || !ok || it.Implementation() != code || p.CaseTail(no) != "202611230007" || p.CaseTail(code) != code {
		t.Error(no, it, p.CaseTail(no))
	}
	if _, ok := p.CaseItem(code[:20]); ok {
		t.Error("a short number has an item")
	}
	if p.TypeOf("320199001000") != "01" || p.TypeOf("320") != "" || p.MainOf("320199001000") != "320199001" || p.MainOf("3201") != "3201" {
		t.Error("type or main item")
	}
	for s, is := range map[string]bool{"320199001000": true, "32019900100Y": true, "32019900A000": false, "32019900100y": false, "3201990010000": false, "身份证补": false} {
		if p.IsBasic(s) != is {
			t.Errorf("%s: %v", s, !is)
		}
	}
}

func TestProfile_check(t *testing.T) {
	if bad := DefaultProfile().Check(); bad != nil {
		t.Error(bad)
	}
	for path, change := range map[string]func(*Profile){
		"province": func(p *Profile) { p.Province = -1 },
		"type":     func(p *Profile) { p.Type = 0 },
		"main":     func(p *Profile) { p.Main = 0 },
		"sub":      func(p *Profile) { p.Sub = 13 },
		"unit":     func(p *Profile) { p.Unit = 10 },
		"level":    func(p *Profile) { p.Level = 2 },
		"handling": func(p *Profile) { p.Handling = 0 },
		"sequence": func(p *Profile) { p.Sequence = 11 },
		"levels":   func(p *Profile) { p.Levels = "343" },
	} {
		p := DefaultProfile()
		change(&p)
		if bad := p.Check(); len(bad) != 1 || bad[0].Path != path || bad[0].ZH == "" || bad[0].EN == "" {
			t.Errorf("%s: %+v", path, bad)
		}
	}
	p := DefaultProfile()
	for _, p.Levels = range []string{"", "0", "38", "市"} {
		if bad := p.Check(); len(bad) == 0 || bad[0].Path != "levels" {
			t.Errorf("levels %q: %+v", p.Levels, bad)
		}
	}
	p = DefaultProfile()
	p.Main = 12 // 38 and 40 characters, and 50 with date and sequence
	if bad := p.Check(); bad != nil {
		t.Error(bad)
	}
	p.Sequence = 5
	if bad := p.Check(); len(bad) != 1 || bad[0].Path != "main" {
		t.Errorf("case numbers too long: %+v", bad)
	}
	p.Sequence, p.Handling = 4, 3
	if bad := p.Check(); len(bad) != 1 || bad[0].Path != "main" {
		t.Errorf("item codes too long: %+v", bad)
	}
}

func TestCheckCase(t *testing.T) {
	const item = "1132020001400783633320199001000"
	check(t, DefaultProfile().CheckCase, []vector{
		{name: "Guangdong's form", in: "12441500196720244T3442199806003202206230068", warnings: []string{"item-type"}},
		{name: "first of the day", in: item + "202611230001"},
		{name: "five digits", in: item + "2026112310000"},
		{name: "longest", in: item + "2026112399999999999"},
		{name: "too long", in: item + "20261123999999999999", code: "length"},
		{name: "padded too far", in: item + "2026112300001", code: "sequence"},
		{name: "zero", in: item + "202611230000", code: "sequence"},
		{name: "sign", in: item + "20261123+001", code: "sequence"},
		{name: "no date", in: item + "202611310001", code: "date"},
		{name: "three digits", in: item + "20261123001", code: "length"},
		{name: "wrong unit", in: "1132020001400783533320199001000202611230001", code: "item-unit-check-digit"},
	})
	for seq, want := range map[int64]string{1: "0001", 9999: "9999", 10000: "10000", 123456: "123456"} {
		no, err := DefaultProfile().MakeCase(item+"01", "2026-11-23", seq)
		if err != nil || no != item+"20261123"+want {
			t.Errorf("MakeCase(%d) = %s, %v", seq, no, err)
		}
	}
	for _, bad := range []struct {
		item, date string
		seq        int64
	}{{item, "2026-11-23", 0}, {item, "2026-11-23", -1}, {item, "20261123", 1}, {item, "2026-13-01", 1}, {"320199001000", "2026-11-23", 1}, {"", "", 1}} {
		if no, err := DefaultProfile().MakeCase(bad.item, bad.date, bad.seq); err == nil {
			t.Errorf("MakeCase(%+v) = %s", bad, no)
		}
	}
}

func TestCheckLicence(t *testing.T) {
	const root = LicenceRoot + "."
	check(t, CheckLicence, []vector{
		{name: "Hunan", in: root + "11100000000013338W011.11430000006122244L.20230000403.001.U"},
		{name: "Jiangxi", in: root + "11100000000013338W032.11220000013544541J.2430599.001.F"},
		{name: "Zhejiang", in: root + "11100000000013338W009.11330105002500287C.2025052201.002.0"},
		{name: "six-digit issuer", in: root + "11100000MB03271699022.340100.000000016.001.9", warnings: []string{"issuer"}},
		{name: "short type", in: root + "11100000MB03271699.11430000006122244L.1.001." + string(mod37("11100000MB0327169911430000006122244L1001")), warnings: []string{"type"}},
		{name: "other check", in: root + "11100000000013338W011.11430000006122244L.20230000403.001.V", warnings: []string{"check-digit"}},
		{name: "version 000", in: root + "11100000000013338W011.11430000006122244L.20230000403.000.U", code: "version"},
		{name: "two check characters", in: root + "11100000000013338W011.11430000006122244L.20230000403.001.UU", code: "check-digit"},
		{name: "hyphen in serial", in: root + "11100000000013338W011.11430000006122244L.2023-403.001.U", code: "alphabet"},
		{name: "empty serial", in: root + "11100000000013338W011.11430000006122244L..001.U", code: "alphabet"},
		{name: "five parts", in: root + "11100000000013338W011.11430000006122244L.001.U", code: "pattern"},
		{name: "other root", in: "1.2.156.3005.3.11100000000013338W011.11430000006122244L.1.001.U", code: "pattern"},
		{name: "empty", in: "", code: "pattern"},
		{name: "endless", in: root + strings.Repeat("1", 300), code: "length"},
	})
	id, err := MakeLicence("11100000000013338W011", "11430000006122244L", "20230000403", 1)
	if err != nil || id != root+"11100000000013338W011.11430000006122244L.20230000403.001.U" {
		t.Errorf("MakeLicence = %s, %v", id, err)
	}
	for _, bad := range []struct {
		typ, issuer, serial string
		version             int
	}{
		{"11100000000013338W01", "11430000006122244L", "1", 1}, {"11100000000013338X011", "11430000006122244L", "1", 1},
		{"11100000000013338W011", "11430000006122244M", "1", 1}, {"11100000000013338W011", "11430000006122244l", "1", 1},
		{"11100000000013338W011", "11430000006122244L", "", 1}, {"11100000000013338W011", "11430000006122244L", "a", 1},
		{"11100000000013338W011", "11430000006122244L", "1", 0}, {"11100000000013338W011", "11430000006122244L", "1", 1000},
	} {
		if id, err := MakeLicence(bad.typ, bad.issuer, bad.serial, bad.version); errs.KindOf(err) != errs.Invalid {
			t.Errorf("MakeLicence(%+v) = %s, %v", bad, id, err)
		}
	}
}

func TestCheckDivision(t *testing.T) {
	check(t, CheckDivision, []vector{
		{name: "province", in: "320000"}, {name: "city", in: "320200"}, {name: "district", in: "320211"},
		{name: "street", in: "320205001"}, {name: "padded city", in: "320200000000"}, {name: "community", in: "320205001002"},
		{name: "town right under a city", in: "441900003"}, {name: "abolished", in: "320202"},
		{name: "county without city", in: "320011", code: "level"}, {name: "street without county", in: "320000001", code: "level"},
		{name: "community without street", in: "320205000002", code: "level"},
		{name: "no province", in: "990000", code: "division"}, {name: "letters", in: "32020A", code: "alphabet"},
		{name: "seven", in: "3202050", code: "length"},
	})
	for code, want := range map[string]DivisionLevel{"320000": Province, "320200000000": City, "320205": County, "320205001": Town, "320205001000": Town, "320205001002": Community} {
		if d, _ := ParseDivision(code); d.Level != want || d.Level.ZH() == "" || d.Level.EN() == "" {
			t.Errorf("%s: level %d, want %d", code, d.Level, want)
		}
	}
	if d, _ := ParseDivision("320205001"); d.Padded() != "320205001000" || d.County6() != "320205" {
		t.Error(d.Padded(), d.County6())
	}
	if DivisionName("320203") != "原南长区" || DivisionName("320000") != "江苏省" || DivisionName("110101") != "" {
		t.Error("names")
	}
}

func TestCheckMobile(t *testing.T) {
	check(t, CheckMobile, []vector{
		{name: "plain", in: "13812341234"}, {name: "199", in: "19912341234"},
		{name: "prefix", in: "+86 138-1234-1234", warnings: []string{"form"}},
		{name: "long prefix", in: "008613812341234", warnings: []string{"form"}},
		{name: "full width", in: "\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff11\uff12\uff13\uff14", warnings: []string{"form"}},
		{name: "12", in: "12812341234", code: "pattern"}, {name: "landline", in: "051085010000", code: "length"},
		{name: "ten", in: "1381234123", code: "length"}, {name: "letters", in: "1381234123A", code: "alphabet"}, {name: "empty", in: "", code: "alphabet"},
	})
	if got := NormaliseMobile("+86 138-1234-1234"); got != "13812341234" {
		t.Error(got)
	}
}

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		" abc\t": "ABC", "\u3000\uff21\uff22\uff11\uff0d\uff5a\u3000": "AB1-Z", "\ufeff12\u200b": "12", "a b": "A B", "\u00a0x\u00a0": "X",
		"ǆ": "ǆ", "ß": "ß", "": "",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		f        func(string) string
		in, want string
	}{
		{MaskNumber, "32021119900307003X", "320211********003X"}, {MaskNumber, "320211900307003", "320211*****7003"},
		{MaskNumber, "E12345678", "E1*****78"}, {MaskNumber, "123", "***"}, {MaskNumber, "", ""},
		{MaskMobile, "13812341234", "138****1234"}, {MaskMobile, "85010000", "******00"}, {MaskMobile, "", ""},
		{MaskName, "张三", "张*"}, {MaskName, "王小明", "王**"}, {MaskName, "买买提·艾力江", "买**"}, {MaskName, "张", "张*"}, {MaskName, " ", ""},
	} {
		if got := c.f(c.in); got != c.want {
			t.Errorf("mask(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestExplain(t *testing.T) {
	good := map[Kind]string{
		KindUSCC: "113202000140078363", KindOrg: "014007836", KindResident: "32021119900307233X", KindItem: "310150356000",
		KindCase:    "1132020001400783633320199001000202611230001",
		KindLicence: LicenceRoot + ".11100000000013338W011.11430000006122244L.20230000403.001.U", KindDivision: "320211", KindMobile: "13812341234",
	}
	for _, k := range Kinds() {
		r, err := DefaultProfile().Explain(k, good[k])
		if err != nil || !r.Valid || r.Kind != k || r.Normal != good[k] {
			t.Errorf("%s: %+v, %v", k, r, err)
		}
		if !strings.HasPrefix(r.Describe(false), "有效\n") || !strings.HasPrefix(r.Describe(true), "valid\n") {
			t.Errorf("%s: %s", k, r.Describe(true))
		}
		r, err = DefaultProfile().Explain(k, good[k]+"?")
		if err != nil || r.Valid || !strings.Contains(r.Describe(false), "无效") || !strings.Contains(r.Describe(true), r.Reason.EN) {
			t.Errorf("%s with a question mark: %+v, %v", k, r, err)
		}
		if f := r.Field("a/b"); f.Path != "a/b" || f.Code == "" || f.ZH == "" || f.EN == "" || strings.Contains(f.ZH+f.EN, good[k]) {
			t.Errorf("%s: field %+v", k, f)
		}
	}
	if _, err := DefaultProfile().Explain("passport", "x"); errs.KindOf(err) != errs.Invalid {
		t.Errorf("unknown kind: %v", err)
	}
	var e *errs.Error
	r, _ := DefaultProfile().Explain(KindResident, "1")
	if err := r.Err("applicant/idNumber"); !errors.As(err, &e) || e.Fields[0].Path != "applicant/idNumber" {
		t.Errorf("%v", err)
	}
	r, _ = DefaultProfile().Explain(KindResident, good[KindResident])
	if d := r.Describe(false); !strings.Contains(d, "320211 滨湖区") || !strings.Contains(d, "1990-03-07") || !strings.Contains(d, "男") || !utf8.ValidString(d) {
		t.Error(d)
	}
}

func mustMake(t *testing.T) func(string, error) string {
	return func(s string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}
