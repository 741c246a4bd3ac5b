package caseview

import (
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web"
)

// Promises 承诺 is what was promised with a case and what became of it.
func Promises(p web.Page, v *casework.View, document func(int64) string) web.Facts {
	var f web.Facts
	for _, x := range v.Promises {
		row := web.Fact{Key: p.Tr(x.Name, either(x.NameEN, x.Name)), Tag: promiseTag(p, x.State)}
		row.Value = p.Tr("容缺后补", "To follow later")
		if x.Kind == casework.Commit {
			row.Value, row.Soft = p.Tr("告知承诺", "Promised instead of proven"), x.Check
		}
		if x.DueOn != "" {
			row.Soft = p.Tr("补齐期限至 "+x.DueOn, "By "+x.DueOn)
		}
		if x.Document != 0 {
			row.Change = web.Link{Href: document(x.Document), Text: p.Tr("承诺书", "Promise")}
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

func promiseTag(p web.Page, s casework.PromiseState) web.Tag {
	zh, en := s.Words()
	t := web.Tag{Text: p.Tr(zh, en)}
	switch s {
	case casework.PromiseSupplied, casework.PromiseKept, casework.PromiseExcused:
		t.Tone = web.OK
	case casework.PromiseLapsed, casework.PromiseBroken:
		t.Tone = web.Bad
	case casework.PromiseOpen:
		t.Tone = web.Info
	default:
		t.Tone = web.Note
	}
	return t
}

// Decided 秒批核对 is what the published clauses gave, in words.
type Decided struct {
	Title string
	Words string
	Facts web.Facts
}

// Instant says what the published clauses gave for a case; empty if they were
// not asked.
func Instant(p web.Page, v *casework.View) Decided {
	in := v.Instant
	if in == nil {
		return Decided{}
	}
	d := Decided{Title: p.Tr("秒批规则的核对结果", "What the published rules gave"),
		Words: p.Tr("公布的规则全部符合，由平台自动作出准予决定。对结果有疑问的，可以要求由工作人员复核、说明。", "All published rules were met, so the platform granted it. You may ask for a person to look again.")}
	if !in.Met {
		d.Words = p.Tr("公布的规则没有全部符合或者无法核对，由工作人员审查、决定；系统不会作出不予的决定。", "Not all published rules were met or could be answered; a person decides. The platform never refuses.")
	}
	switch in.Sample {
	case casework.SampleOpen:
		d.Words += p.Tr("本件已列入抽查。", " It is looked at by a person afterwards.")
	case casework.FindRight:
		d.Words += p.Tr("已抽查：决定正确。", " Looked at: right.")
	case casework.FindWrong:
		d.Words += p.Tr("已抽查：决定有误，正在审议。", " Looked at: wrong, under consideration.")
	case casework.SampleUpheld:
		d.Words += p.Tr("已抽查、审议：维持决定。", " Looked at and upheld.")
	}
	for i, c := range in.Clauses {
		row := web.Fact{Key: strconv.Itoa(i+1) + ". " + p.Tr(c.Name, either(c.NameEN, c.Name)), Soft: p.Tr("依据：", "Basis: ") + c.Basis, Tag: web.Tag{Tone: web.Note, Text: p.Tr("不符合", "Not met")}}
		switch {
		case c.Met:
			row.Tag = web.Tag{Tone: web.OK, Text: p.Tr("符合", "Met")}
		case c.Unknown:
			row.Tag = web.Tag{Tone: web.Note, Text: p.Tr("无法核对", "Could not be answered")}
		}
		var said []string
		for _, x := range c.Values {
			said = append(said, p.Tr(x.Name+"："+x.Text, either(x.NameEN, x.Name)+": "+either(x.TextEN, x.Text)))
		}
		row.Value = strings.Join(said, p.Tr("；", "; "))
		d.Facts.Rows = append(d.Facts.Rows, row)
	}
	return d
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
