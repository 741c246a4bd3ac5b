package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// auditPage 审计日志 is the feed, newest first, or what was done to one subject.
type auditPage struct {
	web.Page
	Filter auditFilter
	Sound  web.Banner // what the check of the log found
	Sealed string     // how far the log is sealed
	Table  web.Table
	Pager  web.Pager
}

// auditFilter is the filter as typed.
type auditFilter struct {
	Fields []web.FieldView
	Clear  string
}

// auditRows is how many records one page shows.
const auditRows = 50

// outcomes of records, as people read them.
func outcome(p web.Page, s string) web.Tag {
	switch s {
	case "done", "registered", "found":
		return web.Tag{Tone: web.OK, Text: p.Tr("完成", "Done")}
	case "denied":
		return web.Tag{Tone: web.Bad, Text: p.Tr("被拒绝", "Denied")}
	case "failed":
		return web.Tag{Tone: web.Note, Text: p.Tr("失败", "Failed")}
	}
	return web.Tag{Text: s}
}

// audit answers GET /console/audit.
func (k *Console) audit(w http.ResponseWriter, r *http.Request) error {
	a, err := k.auditor(r)
	if err != nil {
		return err
	}
	p, err := k.auditPage(r, a, r.URL.Query())
	if err != nil {
		return err
	}
	return k.views.audit.Render(w, r, http.StatusOK, p)
}

// auditor is the audit administrator who asks.
func (k *Console) auditor(r *http.Request) (actor.Actor, error) {
	a, err := k.actor(r)
	if err != nil {
		return a, err
	}
	return a, k.c.Identity.Allow(r.Context(), a, identity.AuditRead, identity.Target{}, "audit")
}

// verify proves the log from what is stored.
func (k *Console) verify(w http.ResponseWriter, r *http.Request) error {
	a, err := k.auditor(r)
	if err != nil {
		return err
	}
	report, err := k.c.Audit.Verify(r.Context())
	if err != nil {
		return err
	}
	if err := k.c.Audit.Looked(r.Context(), a, "audit.verify", "audit"); err != nil {
		return err
	}
	p, err := k.auditPage(r, a, url.Values{})
	if err != nil {
		return err
	}
	p.Path = "/console/audit"
	p.Sound = sound(p.Page, report)
	return k.views.audit.Render(w, r, http.StatusOK, p)
}

func sound(p web.Page, report audit.Report) web.Banner {
	if f := report.Fault; f != nil {
		return web.Banner{Tone: web.Bad, Title: p.Tr("审计日志有异常", "The audit log is not sound"), Text: p.Tr(f.ZH, f.EN)}
	}
	words := fmt.Sprintf(p.Tr("已逐条验证 %d 条记录和 %d 个签名检查点，未发现改动；%d 条等待入链。", "%d records and %d signed checkpoints were proved; nothing was changed; %d wait for their place."),
		report.Records, report.Checkpoints, report.Pending)
	if c := report.Last; c != nil {
		words += p.Tr("最近的检查点：", " Last checkpoint: ") + c.At.In(clock.Shanghai()).Format("2006-01-02 15:04:05")
	}
	return web.Banner{Tone: web.OK, Title: p.Tr("审计日志完整", "The audit log is sound"), Text: words}
}

func (k *Console) auditPage(r *http.Request, a actor.Actor, q url.Values) (auditPage, error) {
	p := auditPage{Page: k.page(r, a, "audit", "审计日志", "Audit log")}
	in := func(name string, most int) string {
		s := strings.TrimSpace(q.Get(name))
		return s[:min(len(s), most)]
	}
	act, subject, out, by := in("act", 60), in("subject", 120), in("outcome", 20), in("by", 20)
	p.Filter = auditFilter{Clear: "/console/audit", Fields: []web.FieldView{
		{ID: "act", Name: "act", Label: p.Tr("操作", "Act"), Value: act, Max: 60, Auto: "off", Help: p.Tr("例如：case.accept、identity.unmask", "Such as case.accept")},
		{ID: "subject", Name: "subject", Label: p.Tr("对象", "Subject"), Value: subject, Max: 120, Auto: "off", Help: p.Tr("例如：case/办件编号、staff/编号", "Such as case/NUMBER")},
		{ID: "by", Name: "by", Label: p.Tr("工作人员编号", "Staff number"), Value: by, Max: 20, Mode: "numeric", Auto: "off"},
		{ID: "outcome", Name: "outcome", Widget: "select", Label: p.Tr("结果", "Outcome"), Options: []web.OptionView{
			{Value: "done", Label: p.Tr("完成", "Done"), Checked: out == "done"}, {Value: "denied", Label: p.Tr("被拒绝", "Denied"), Checked: out == "denied"},
			{Value: "failed", Label: p.Tr("失败", "Failed"), Checked: out == "failed"}}}}}
	cursor, err := strconv.ParseInt(in("cursor", 20), 10, 64)
	if err != nil {
		cursor = 0
	}
	var list []audit.Entry
	more := url.Values{}
	for name, v := range map[string]string{"act": act, "subject": subject, "by": by, "outcome": out} {
		if v != "" {
			more.Set(name, v)
		}
	}
	if subject != "" {
		list, err = k.c.Audit.Entries(r.Context(), subject, cursor, auditRows+1)
		list = slices.DeleteFunc(list, func(e audit.Entry) bool { return act != "" && e.Act != act || out != "" && e.Outcome != out })
	} else {
		f := audit.Filter{Act: act, Outcome: out}
		if id, err := strconv.ParseInt(by, 10, 64); err == nil {
			f.ActorKind, f.ActorID = actor.Staff, id
		}
		list, err = k.c.Audit.Feed(r.Context(), f, cursor, auditRows+1)
	}
	if err != nil {
		return p, err
	}
	if cursor > 0 {
		p.Pager.Prev = "/console/audit?" + more.Encode()
	}
	if len(list) > auditRows {
		list = list[:auditRows]
		last := list[len(list)-1]
		next := last.Position
		if subject != "" {
			next = last.ID
		}
		more.Set("cursor", strconv.FormatInt(next, 10))
		p.Pager.Next = "/console/audit?" + more.Encode()
	}
	newest, err := k.c.Audit.Feed(r.Context(), audit.Filter{}, 0, 1)
	if err != nil {
		return p, err
	}
	if len(newest) > 0 {
		at := newest[0].At.In(clock.Shanghai()).Format("2006-01-02 15:04:05")
		p.Sealed = fmt.Sprintf(p.Tr("已封存 %d 条，最近一条发生在 %s。", "%d records are sealed, the last of %s."), newest[0].Position+1, at)
	}
	dir, err := k.c.Identity.Directory(r.Context())
	if err != nil {
		return p, err
	}
	p.Table = entries(p.Page, list, dir)
	return p, nil
}

// entries draws records; a name leads to all that its bearer did, a subject to
// all that was done to it.
func entries(p web.Page, list []audit.Entry, dir *identity.Directory) web.Table {
	t := web.Table{Caption: p.Tr("审计记录", "Audit records"), Hide: true, Heads: []web.Head{{Text: p.Tr("时间", "When")}, {Text: p.Tr("谁", "Who")}, {Text: p.Tr("操作", "Act")},
		{Text: p.Tr("对象", "Subject")}, {Text: p.Tr("结果", "Outcome")}, {Text: p.Tr("序号", "Position"), Num: true}},
		Empty: web.Empty{Title: p.Tr("没有符合条件的记录", "No such record"), Text: p.Tr("刚发生的操作约一秒后进入日志。", "What has just happened enters the log a second later.")}}
	for _, e := range list {
		who := web.Cell{Text: e.Actor.Name}
		switch {
		case e.Erased:
			who.Text = p.Tr("（已删除）", "(erased)")
		case e.Actor.Kind == actor.System:
			who.Text = p.Tr("系统", "The platform")
		case e.Actor.Kind == actor.Anonymous:
			who.Text = p.Tr("未登录", "Nobody logged in")
		case e.Actor.Kind == actor.Staff:
			who.Href = "/console/audit?by=" + strconv.FormatInt(e.Actor.ID, 10)
		}
		if u, ok := dir.Unit(e.Actor.Unit); ok {
			who.Soft = short(u.Short, u.Name)
		}
		if e.Actor.Purpose != "" {
			who.Soft = strings.TrimSpace(who.Soft + p.Tr(" 用途：", " Purpose: ") + e.Actor.Purpose)
		}
		position := strconv.FormatInt(e.Position, 10)
		if e.Position < 0 {
			position = p.Tr("等待", "waits")
		}
		at := e.At.In(clock.Shanghai())
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: at.Format("15:04:05"), Soft: at.Format("2006-01-02")}, who,
			{Text: actWords(p, e.Act), Soft: strings.TrimSpace(e.Act + " " + details(e.Detail))},
			{Text: e.Subject, Href: "/console/audit?subject=" + url.QueryEscape(e.Subject)}, {Tag: outcome(p, e.Outcome)}, {Text: position}}})
	}
	return t
}

// details writes the codes of a record in a line.
func details(m map[string]string) string {
	keys := make([]string, 0, len(m))
	for k := range m {
		if m[k] != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for i, k := range keys {
		keys[i] = k + "=" + m[k]
	}
	return strings.Join(keys, " ")
}
