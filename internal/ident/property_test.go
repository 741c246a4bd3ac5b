package ident

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	genDivision = rapid.SampledFrom([]string{"320211", "320213", "320202", "110105", "440524", "650000"})
	genUSCC     = rapid.Custom(func(t *rapid.T) string {
		s, err := MakeUSCC(rapid.SampledFrom([]string{"11", "12", "51", "91", "92", "93"}).Draw(t, "category"),
			genDivision.Draw(t, "division"), rapid.StringOfN(rapid.RuneFrom([]rune(usccAlphabet)), 8, 8, -1).Draw(t, "body"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
	genResident = rapid.Custom(func(t *rapid.T) string {
		birth := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 45000).Draw(t, "day"))
		s, err := MakeResident(genDivision.Draw(t, "division"), birth, rapid.IntRange(1, 999).Draw(t, "seq"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
	genLicence = rapid.Custom(func(t *rapid.T) string {
		s, err := MakeLicence(genUSCC.Draw(t, "type")+rapid.StringMatching("[0-9]{3}").Draw(t, "kind"), genUSCC.Draw(t, "issuer"),
			rapid.StringMatching("[0-9A-Z]{1,32}").Draw(t, "serial"), rapid.IntRange(1, 999).Draw(t, "version"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
)

// What is made is valid without remarks, and takes apart to itself.
func TestMade_is_valid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, r := ParseUSCC(genUSCC.Draw(t, "uscc"))
		if !r.Valid || len(r.Warnings) > 0 || u.String() != r.Normal {
			t.Fatalf("%s: %+v", u, r)
		}
		if o, r := ParseOrg(u.Org); !r.Valid || o.String() != u.Org {
			t.Fatalf("organisation code of %s: %+v", u, r)
		}
		if p, r := ParseResident(genResident.Draw(t, "resident")); !r.Valid || p.Division+p.Birth.Format("20060102")+p.Seq+p.Check != r.Normal {
			t.Fatalf("%+v", r)
		}
		l, r := ParseLicence(genLicence.Draw(t, "licence"))
		if !r.Valid || len(r.Warnings) > 0 || !l.CheckFits() || l.String() != r.Normal {
			t.Fatalf("%s: %+v", l, r)
		}
	})
}

// Every single substitution is caught, whatever it is (check digits of all
// four kinds), and so is every swap of two neighbours where the system
// promises it.
func TestCheckDigits_catch(t *testing.T) {
	kinds := []struct {
		name     string
		gen      *rapid.Generator[string]
		good     func(string) bool
		alphabet string
		from     int
		swaps    bool
	}{
		{"uscc", genUSCC, func(s string) bool { return CheckUSCC(s).Valid }, usccAlphabet, 0, true},
		{"org", rapid.Custom(func(t *rapid.T) string { u, _ := ParseUSCC(genUSCC.Draw(t, "u")); return u.Org }),
			func(s string) bool { return CheckOrg(s).Valid }, "0123456789", 0, true},
		{"resident", genResident, func(s string) bool { return CheckResident(s).Valid }, "0123456789", 0, true},
		{"licence", genLicence, func(s string) bool { l, r := ParseLicence(s); return r.Valid && l.CheckFits() }, alnum, len(LicenceRoot) + 1, false},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := []byte(k.gen.Draw(t, "number"))
				i := rapid.IntRange(k.from, len(s)-1).Draw(t, "position")
				if s[i] == '.' {
					return
				}
				c := rapid.SampledFrom([]byte(k.alphabet)).Draw(t, "other")
				if k.name == "org" && s[i] > '9' || c == s[i] { // GB 11714 is modulo 11: letters 11 apart are alike
					return
				}
				changed := append([]byte(nil), s...)
				changed[i] = c
				if k.good(string(changed)) {
					t.Fatalf("%s with %c at %d passes", s, c, i)
				}
				if i+1 < len(s) && s[i] != s[i+1] && k.swaps && (k.name != "org" || s[i] <= '9' && s[i+1] <= '9') {
					changed = append([]byte(nil), s...)
					changed[i], changed[i+1] = s[i+1], s[i]
					if k.good(string(changed)) && !swapBlind(k.name, i) {
						t.Fatalf("%s with %d and %d swapped passes", s, i, i+1)
					}
				}
			})
		})
	}
}

// swapBlind: no check digit of these kinds is blind to a swap, save where the
// standard's weights make it so: GB 11714's check digit is no weighted place.
func swapBlind(kind string, i int) bool { return kind == "org" && i == 7 }

func TestNormalise_twice_is_once(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if n := Normalise(s); Normalise(n) != n {
			t.Fatalf("%q → %q → %q", s, n, Normalise(n))
		}
	})
}

// Whatever comes in: no panic, a reason when not valid, and no reason or
// warning that repeats the number.
func FuzzExplain(f *testing.F) {
	for _, s := range []string{"113202000140078363", "01400783-6", "32021119900307233X", "1132050001414925263320105028002", "32010100100Y",
		"1132020001400783633320199001000202611230001", LicenceRoot + ".11100000000013338W011.11430000006122244L.20230000403.001.U", "320205001", "+8613812341234", "\x00", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, k := range Kinds() {
			r, err := DefaultProfile().Explain(k, s)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Valid && (r.Reason.Code == "" || r.Reason.ZH == "" || r.Reason.EN == "") {
				t.Errorf("%s %q: no reason", k, s)
			}
			if !r.Valid && len(r.Normal) > 14 && strings.Contains(r.Reason.ZH+r.Reason.EN, r.Normal) && !strings.Contains(LicenceRoot, r.Normal) {
				t.Errorf("%s %q: the reason repeats it", k, s)
			}
			if r.Valid {
				if again, _ := DefaultProfile().Explain(k, r.Normal); !again.Valid {
					t.Errorf("%s: %q is valid, its normal form %q is not", k, s, r.Normal)
				}
			}
			_ = r.Describe(true)
		}
		_, _, _ = MaskNumber(s), MaskMobile(s), MaskName(s)
	})
}
