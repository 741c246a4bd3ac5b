package replay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/rule"
)

// access: may this applicant hand it in this way at all?
func access(was, now *met) (out []Point) {
	old, new := was.Guide.Basics, now.Guide.Basics
	c := was.c
	if was.Guide.Serves(c.Party) && !now.Guide.Serves(c.Party) {
		out = append(out, Point{Refused, "basics/audience", "服务对象不再包括这类申请人", "No longer meant for this kind of applicant"})
	}
	if c.Agent && old.Agent && !new.Agent {
		out = append(out, Point{Refused, "basics/agent", "不能再由他人代办", "An agent may no longer hand it in"})
	}
	if !c.Window && old.Mode != "window" && new.Mode == "window" {
		out = append(out, Point{More, "basics/mode", "不能再在网上申请，要到窗口", "No longer online: one has to come to a window"})
	}
	switch {
	case new.Visits > old.Visits:
		out = append(out, Point{More, "basics/visits", fmt.Sprintf("到现场从%d次变为%d次", old.Visits, new.Visits), fmt.Sprintf("%d visits instead of %d", new.Visits, old.Visits)})
	case new.Visits < old.Visits:
		out = append(out, Point{Less, "basics/visits", fmt.Sprintf("到现场从%d次变为%d次", old.Visits, new.Visits), fmt.Sprintf("%d visits instead of %d", new.Visits, old.Visits)})
	}
	return out
}

// answers: which questions are new, and which answers fit no longer? What was
// wrong under the guide in force too is not the new guide's doing.
func answers(was, now *met) (out []Point) {
	old, new := was.findings(), now.findings()
	for _, path := range slices.Sorted(maps.Keys(new)) {
		f := new[path]
		if before, had := old[path]; had && before.Code == f.Code {
			continue
		}
		name, _, _ := strings.Cut(path, "/")
		fd := now.Form.Field(name)
		if fd == nil {
			continue
		}
		if en := cmp.Or(fd.TitleEN, fd.Title); f.Code == "required" {
			out = append(out, Point{More, "form/" + name, "要多填“" + fd.Title + "”", "Has to fill in “" + en + "”"})
		} else {
			out = append(out, Point{Refused, "form/" + name, "“" + fd.Title + "”的回答不再符合要求：" + f.ZH, "The answer to “" + en + "” no longer fits: " + f.EN})
		}
	}
	asked, askedBefore := now.Form.Visible(now.values), was.Form.Visible(was.values)
	for _, fd := range was.Form.Fields() {
		if askedBefore[fd.Name] && !asked[fd.Name] && fd.Required {
			out = append(out, Point{Less, "form/" + fd.Name, "不用再填“" + fd.Title + "”", "Need not fill in “" + cmp.Or(fd.TitleEN, fd.Title) + "”"})
		}
	}
	return out
}

// materials: what has to be brought that was not, and the other way round?
func materials(was, now *met) (out []Point) {
	old, new := was.brought(), now.brought()
	point := func(k Kind, m catalog.Material, zh, en string) {
		out = append(out, Point{k, "materials/" + m.Code, fmt.Sprintf(zh, m.Name), fmt.Sprintf(en, cmp.Or(m.NameEN, m.Name))})
	}
	for _, code := range slices.Sorted(maps.Keys(new)) {
		m := new[code]
		before, had := old[code]
		switch {
		case !had:
			point(More, m, "要多交“%s”", "Has to hand in “%s”")
		case before.Media != "paper" && m.Media == "paper":
			point(More, m, "“%s”要交纸质的", "“%s” on paper")
		case before.Media == "paper" && m.Media != "paper":
			point(Less, m, "“%s”不用再交纸质的", "“%s” no longer on paper")
		}
		switch {
		case had && before.Necessity == "tolerant" && m.Required():
			point(More, m, "“%s”要在申请时就交，不能后补", "“%s” at once, not later")
		case had && before.Required() && m.Necessity == "tolerant":
			point(Less, m, "“%s”可以后补", "“%s” may follow later")
		}
		if had && m.Copies > before.Copies {
			point(More, m, "“%s”要多交几份", "More copies of “%s”")
		}
	}
	for _, code := range slices.Sorted(maps.Keys(old)) {
		if _, still := new[code]; !still {
			point(Less, old[code], "不用再交“%s”", "Need not hand in “%s”")
		}
	}
	return out
}

// conditions: which sentences of the acceptance standard are new for this case?
// Whether they are met is for a person to say.
func conditions(was, now *met) (out []Point) {
	old := was.Guide.ConditionsFor(was.values)
	for i, c := range now.Guide.ConditionsFor(now.values) {
		if !slices.ContainsFunc(old, func(o catalog.Condition) bool { return o.Text == c.Text }) {
			out = append(out, Point{Judged, fmt.Sprintf("conditions/%d", i), "新的受理条件：" + c.Text, "New condition: " + c.Text})
		}
	}
	return out
}

// fees: is there one that was not?
func fees(was, now *met) (out []Point) {
	has := func(list []catalog.Fee, f catalog.Fee) bool {
		return slices.ContainsFunc(list, func(o catalog.Fee) bool { return o.Name == f.Name })
	}
	for _, f := range now.Guide.Fees {
		if !has(was.Guide.Fees, f) {
			out = append(out, Point{More, "fees", "要多交费：" + f.Name, "Another fee: " + f.Name})
		}
	}
	for _, f := range was.Guide.Fees {
		if !has(now.Guide.Fees, f) {
			out = append(out, Point{Less, "fees", "不用再交费：" + f.Name, "No fee any more: " + f.Name})
		}
	}
	return out
}

// limits: is the result promised later or sooner?
func limits(was, now *met) []Point {
	old, new := was.Guide.Limits.Promised, now.Guide.Limits.Promised
	kind := Faster
	switch a, b := old.Length(), new.Length(); {
	case b > a:
		kind = Slower
	case b < a:
	default:
		return nil
	}
	oldZH, oldEN := old.Words()
	newZH, newEN := new.Words()
	return []Point{{kind, "limits/promised", "承诺办结时限由" + oldZH + "变为" + newZH, "Promised: " + newEN + " instead of " + oldEN}}
}

// instant: would a machine have granted it?
func instant(was, now *met) []Point {
	old, new := was.verdict(), now.verdict()
	before, after := old != nil && old.Met, new != nil && new.Met
	switch {
	case before && new == nil:
		return []Point{{Slower, "auto", "不再秒批", "No instant approval any more"}}
	case before && !after:
		zh, en := unmet(new)
		return []Point{{Slower, "auto", "不再秒批，转人工办理：" + zh, "A person decides instead of the machine: " + en}}
	case !before && after:
		return []Point{{Faster, "auto", "可以秒批", "Approved at once"}}
	}
	return nil
}

// unmet names the first clause that is not met.
func unmet(v *rule.Verdict) (zh, en string) {
	for _, f := range v.Findings {
		if !f.Met {
			return f.Name, cmp.Or(f.NameEN, f.Name)
		}
	}
	return "", ""
}
