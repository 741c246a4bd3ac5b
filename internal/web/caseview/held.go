package caseview

import (
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web"
)

// LicenceBelow gives addresses of licences below a path, none without one.
func LicenceBelow(prefix string) func(identifier string) string {
	return func(identifier string) string {
		if prefix == "" {
			return ""
		}
		return prefix + identifier
	}
}

// Held 所涉证照 is the licence that a case is about, and what became of it. at
// gives the address of a licence, empty where the reader has none.
func Held(p web.Page, v *casework.View, at func(identifier string) string) web.Facts {
	h := v.Held
	if h == nil {
		return web.Facts{}
	}
	zh, en := casework.DoesWords(h.Does)
	link := func(identifier string) web.Link {
		if href := at(identifier); href != "" {
			return web.Link{Href: href, Text: p.Tr("查看", "See")}
		}
		return web.Link{}
	}
	f := web.Facts{Rows: []web.Fact{{Key: p.Tr("办理", "Matter"), Value: p.Tr(zh, en)}, {Key: h.Name, Value: h.Identifier, Change: link(h.Identifier)}}}
	if h.Until != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("有效期至", "Valid until"), Value: h.Until})
	}
	switch {
	case h.Deemed:
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("结果", "Result"), Tag: web.Tag{Tone: web.Note, Text: p.Tr("视为准予延续", "Deemed renewed")}, Value: p.Tr("有效期届满前未作出决定", "Not decided before the last day")})
	case h.DueOn != "":
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("最迟决定日", "To be decided by"), Value: h.DueOn, Soft: p.Tr("这一天以前没有作出决定的，视为准予延续（行政许可法第五十条）", "If it is not decided by then, the licence counts as renewed")})
	case h.Late:
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("提出时间", "Asked"), Value: p.Tr("晚于规定的提前天数，不适用视为准予延续", "Later than the rule says; silence does not renew it")})
	}
	if h.Result != "" {
		f.Rows = append(f.Rows, web.Fact{Key: p.Tr("新证照标识", "New version"), Value: h.Result, Change: link(h.Result)})
	}
	return f
}
