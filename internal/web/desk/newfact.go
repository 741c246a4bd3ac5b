package desk

import (
	"net/url"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// readFact reads the new fact of a second notice. The day that two of three
// boxes make is none, and casework says so.
func readFact(in url.Values) casework.NewFact {
	return casework.NewFact{Source: clean(in.Get("fact-source")), What: clean(in.Get("fact-what")), On: dayOf(in, "fact-on"), From: clean(in.Get("fact-from"))}
}

// dayOf reads a day from its three boxes, "" of none.
func dayOf(in url.Values, name string) string {
	y, m, d := clean(in.Get(name+".y")), clean(in.Get(name+".m")), clean(in.Get(name+".d"))
	if y+m+d == "" {
		return ""
	}
	return y + "-" + two(m) + "-" + two(d)
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// factFields ask on what a second notice rests.
func factFields(p web.Page, in url.Values) []web.FieldView {
	source := web.FieldView{ID: "fact-source", Name: "fact-source", Widget: form.Radio, Label: p.Tr("新的事实从哪里得知", "Where the new fact comes from"), Options: []web.OptionView{
		{ID: "fact-source-1", Value: casework.FromCorrection, Label: p.Tr("申请人补正后提交的内容", "It lies in what was handed in after the notice"), Soft: p.Tr("没有变化的内容当时就可以发现，系统不予认可", "What has not changed could be seen then and is refused")},
		{ID: "fact-source-2", Value: casework.FromOutside, Label: p.Tr("告知之后从其他途径得知", "It became known from elsewhere after the notice"), Soft: p.Tr("须写明日期和途径", "Say when and from whom")}}}
	for i := range source.Options {
		source.Options[i].Checked = source.Options[i].Value == in.Get("fact-source")
	}
	return []web.FieldView{source,
		{ID: "fact-what", Name: "fact-what", Widget: form.TextArea, Label: p.Tr("新的事实", "The new fact"), Help: p.Tr("写明得知了什么，会印在告知书上。", "What became known; printed on the notice."), Value: clean(in.Get("fact-what")), Max: 300},
		{ID: "fact-on", Name: "fact-on", Widget: form.DateBox, Label: p.Tr("得知的日期", "When"), Optional: true, Y: clean(in.Get("fact-on.y")), M: clean(in.Get("fact-on.m")), D: clean(in.Get("fact-on.d"))},
		{ID: "fact-from", Name: "fact-from", Label: p.Tr("得知的途径", "From whom"), Optional: true, Value: clean(in.Get("fact-from")), Max: 100}}
}

func factWords(p web.Page, f casework.NewFact) []web.Fact {
	out := []web.Fact{{Key: p.Tr("新的事实", "New fact"), Value: f.What}}
	if f.Source == casework.FromOutside {
		return append(out, web.Fact{Key: p.Tr("得知日期", "When"), Value: f.On}, web.Fact{Key: p.Tr("得知途径", "From whom"), Value: f.From})
	}
	return append(out, web.Fact{Key: p.Tr("得知途径", "From"), Value: p.Tr("申请人补正后提交的内容", "What was handed in after the notice")})
}
