package caseview

import (
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web"
)

// After 决定之后 is what was done about the decision of a case, as the applicant
// sees it: 撤回、撤销、注销, and what bodies of review decided.
func After(p web.Page, v *casework.View) web.Facts {
	var f web.Facts
	if v.Sides == nil {
		return f
	}
	for _, m := range v.Sides.Measures {
		zh, en := m.Kind.Words()
		words, wordsEN := m.Words()
		row := web.Fact{Key: p.Tr(zh, en), Value: p.Tr(m.StageWords(), string(m.Stage)), Soft: p.Tr(words, wordsEN), Lines: []string{m.Facts}}
		for _, s := range m.Said {
			row.Lines = append(row.Lines, p.Tr("我的陈述申辩：", "My statement: ")+s.Text)
		}
		if m.Reason != "" {
			row.Lines = append(row.Lines, p.Tr("决定理由：", "Reasons: ")+m.Reason)
		}
		f.Rows = append(f.Rows, row)
	}
	for _, r := range v.Sides.Rulings {
		court, courtEN := casework.RulingWords(casework.RulingCourts, r.Court)
		result, resultEN := casework.RulingWords(casework.RulingResults, r.Result)
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr(court, courtEN), Value: p.Tr(result, resultEN), Soft: r.Body + " " + r.Number + " " + r.On})
	}
	return f
}
