package apply

import (
	"context"
	"net/http"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// Frame is what every page of the wizard shows around its own content.
type Frame struct {
	web.Page
	Item    string
	Party   string // for whom; shown at the window and when an agent acts
	Steps   web.Steps
	Step    string // words of the present step, for “第 2 步，共 5 步”
	Notice  Notice
	Guide   web.Link // the item's guide
	Consult string   // whom to ask
	Staff   bool
	Discard web.Action
	Draft   DraftRef
}

// DraftRef says which draft a page shows, and how new it was.
type DraftRef struct {
	At      string // address
	Version int64
}

// Notice 补正告知 is what an open correction asks for; empty for a first application.
type Notice struct {
	Mend  bool   // no notice: the applicant stands at the counter and corrects
	Until string // words of the clock
	Asks  []web.Fact
	Case  web.Link
	Later bool // what was to follow is handed in
}

// station is one page of the wizard.
type station struct {
	key    string // privacy, form/KEY, materials, delivery, check
	zh, en string
}

// stations lists the pages that this draft has.
func (z *Wizard) stations(j *job) []station {
	var out []station
	if !j.correcting() {
		if z.c.Staff {
			out = append(out, station{"privacy", "告知", "Notice"})
		} else {
			out = append(out, station{"privacy", "个人信息告知", "Privacy notice"})
		}
	}
	if z.aboutHeld(j) {
		out = append(out, station{"held", "选择证照", "The licence"})
	}
	f := j.v.Form()
	if j.asksFields() {
		for _, s := range f.Steps() {
			if f.StepVisible(s, j.d.Data.Values) {
				out = append(out, station{"form/" + s.Key, s.Title, s.TitleEN})
			}
		}
	}
	if len(z.asked(j)) > 0 {
		out = append(out, station{"materials", "申请材料", "Documents"})
	}
	if z.promisable(j) {
		out = append(out, station{"promise", "容缺和承诺", "Later, or promised"})
	}
	if r := j.v.Guide.Result(); !j.correcting() && (len(r.Delivery) > 1 || len(r.Delivery) == 1 && r.Delivery[0] == "post") {
		out = append(out, station{"delivery", "领取方式", "Delivery"})
	}
	return append(out, station{"check", "核对提交", "Check and submit"})
}

// next is the address of the page after the one named; after "" the first page
// with a problem.
func (z *Wizard) next(ctx context.Context, j *job, after string) string {
	list := z.stations(j)
	if after == "" {
		open := map[string]bool{}
		for _, f := range z.c.Casework.Problems(ctx, j.d, j.v) {
			open[z.stationOf(j, f)] = true
		}
		for _, s := range list {
			// Materials that may be left out are still looked at once, before the check.
			if open[s.key] || s.key == "check" {
				return j.at + "/" + s.key
			}
		}
	}
	for i, s := range list {
		if s.key == after && i+1 < len(list) {
			return j.at + "/" + list[i+1].key
		}
	}
	return j.at + "/check"
}

// before is the address of the page before the one named.
func (z *Wizard) before(j *job, key string) string {
	prev := ""
	for _, s := range z.stations(j) {
		if s.key == key {
			break
		}
		prev = j.at + "/" + s.key
	}
	return prev
}

// stationOf says on which page a problem is mended.
func (z *Wizard) stationOf(j *job, f errs.Field) string {
	head, _, _ := strings.Cut(f.Path, "/")
	if f.Code == "promise" && !j.correcting() {
		return "promise"
	}
	switch head {
	case "signature": // “promise” is a question of many forms
		return "promise"
	case "consent":
		return "privacy"
	case "held":
		if z.aboutHeld(j) {
			return "held"
		}
	case "materials":
		return "materials"
	case "delivery":
		return "delivery"
	}
	if s := stepOf(j.v.Form(), head); s != "" {
		return "form/" + s
	}
	return "check"
}

// stepOf is the key of the form page that asks a question.
func stepOf(f *form.Form, name string) string {
	for _, s := range f.Steps() {
		for _, fd := range s.Fields {
			if fd.Name == name {
				return s.Key
			}
		}
	}
	return ""
}

// frame begins a page of the wizard at one of its stations.
func (z *Wizard) frame(r *http.Request, j *job, key string) Frame {
	p := web.NewPage(r, "", "")
	p.Nav = "items"
	if z.c.Frame != nil {
		z.c.Frame(r, &p)
	}
	z.c.Style.Add(&p)
	f := Frame{Page: p, Item: p.Tr(j.v.Guide.Basics.Name, j.v.Guide.Basics.NameEN), Staff: z.c.Staff}
	f.Party = j.d.Party.Name
	f.Draft = DraftRef{j.at, j.d.Version}
	for i, s := range z.stations(j) {
		f.Steps.Items = append(f.Steps.Items, web.Step{Title: p.Tr(s.zh, s.en), Href: j.at + "/" + s.key})
		if s.key == key {
			f.Steps.Now = i
			f.Step = p.Tr(s.zh, s.en)
		}
	}
	f.Guide = web.Link{Href: "/items/" + j.v.Guide.Basics.Code, Text: p.Tr("查看办事指南", "See the guide")}
	f.Consult = j.v.Guide.Contacts.Consult
	f.Title = f.Step + " - " + f.Item
	f.Crumbs = []web.Link{z.c.Home, {Text: f.Item}}
	f.Discard = web.Action{URL: j.at + "/discard", Text: p.Tr("删除草稿", "Delete the draft"), Warn: true,
		Confirm: p.Tr("删除后不能恢复，确定删除吗？", "It cannot be restored. Delete it?")}
	if j.correcting() {
		f.Notice = z.notice(p, j)
		f.Discard = web.Action{}
		if j.mending() {
			f.Discard = web.Action{URL: j.at + "/discard", Text: p.Tr("放弃更正", "Leave it as it was"), Warn: true}
		}
	}
	return f
}

// notice tells what the open correction asks for.
func (z *Wizard) notice(p web.Page, j *job) Notice {
	n := Notice{Case: web.Link{Href: z.c.Case(j.d.CaseNo), Text: p.Tr("查看办件", "See the case")}}
	n.Mend = j.mending()
	for _, c := range j.view.Clocks {
		if c.Kind == casework.Correction && len(j.owed) == 0 && !n.Mend {
			n.Until = p.Tr(c.Words, c.WordsEN)
		}
	}
	if n.Later = len(j.owed) > 0; n.Later {
		for _, c := range j.view.Clocks {
			if c.Kind == casework.SupplementLimit && c.Status.State == clock.Running {
				n.Until = p.Tr(c.Words, c.WordsEN)
			}
		}
		for _, m := range j.view.Owed() {
			n.Asks = append(n.Asks, web.Fact{Key: p.Tr(m.Name, m.NameEN), Lines: []string{m.Standard}})
		}
		return n
	}
	n.Asks = AskFacts(p, j.v.Guide.Materials, j.v.Form(), j.asks)
	return n
}
