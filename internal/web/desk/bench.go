package desk

import (
	"net/http"
	"strconv"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// resultsPage 窗口统一出件: what a centre's output window has to hand out.
type resultsPage struct {
	web.Page
	Centre  string
	Centres []web.Link
	Code    web.FieldView // 取件码
	Table   web.Table
	Pager   web.Pager
}

// showResults answers GET /desk/results?centre.
func (d *Desk) showResults(w http.ResponseWriter, r *http.Request) error {
	return d.resultsWith(w, r, http.StatusOK, nil)
}

// resultsWith shows the list, with what was wrong with a code.
func (d *Desk) resultsWith(w http.ResponseWriter, r *http.Request, status int, bad []errs.Field) error {
	a, err := d.clerk(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	dir, err := d.c.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	p := resultsPage{Page: d.page(r, a, "results", "统一出件", "Results")}
	fields := []web.FieldView{{ID: "code", Name: "code", Label: p.Tr("取件码", "Pick-up code"), Max: 20, Auto: "off", Mode: "numeric", Width: "w-m",
		Help: p.Tr("扫申请人出示的二维码，或者输入8位数字。", "Scan what the person shows, or type the 8 digits.")}}
	mark(&p.Page, fields, bad)
	p.Code = fields[0]
	centres := centresOf(a, dir)
	var u identity.Unit
	if s := q.Get("centre"); s != "" {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return web.ErrNoPage()
		}
		u, _ = dir.Unit(id)
	} else if len(centres) > 0 {
		u = centres[0]
	}
	p.Table = web.Table{Caption: p.Tr("待出件", "To be handed out"), Hide: true, Heads: []web.Head{{Text: p.Tr("事项", "Item")}, {Text: p.Tr("申请人", "Applicant")}, {Text: p.Tr("送达期限", "Deliver by")}},
		Empty: web.Empty{Title: p.Tr("没有待出件的办件", "Nothing to hand out"), Text: p.Tr("后台作出决定、需要窗口发放或者寄送的办件会出现在这里。", "Decided cases whose result is picked up or posted appear here.")}}
	if u.ID == 0 {
		return d.views.results.Render(w, r, status, p)
	}
	rows, next, err := d.c.Casework.Results(ctx, a, u, q.Get("cursor"), queueRows)
	if err != nil {
		return err
	}
	p.Centre = u.Name
	at := "/desk/results?centre=" + strconv.FormatInt(u.ID, 10)
	if len(centres) > 1 {
		for _, c := range centres {
			p.Centres = append(p.Centres, web.Link{Href: "/desk/results?centre=" + strconv.FormatInt(c.ID, 10), Text: unitName(c), Current: c.ID == u.ID})
		}
	}
	for _, x := range rows {
		due := web.Cell{Text: "—"}
		if x.DueOn != "" {
			due = web.Cell{Text: monthDay(p.Page, x.DueOn)}
			if x.Late {
				due.Tag = web.Tag{Tone: web.Bad, Text: p.Tr("已超期", "Late")}
			}
		}
		p.Table.Rows = append(p.Table.Rows, web.Row{Cells: []web.Cell{{Text: x.ItemName, Href: withFrom(casePath(x.No), ""), Soft: d.shortNo(x.No), Row: true}, {Text: x.Party}, due}})
	}
	if next != "" {
		p.Pager = web.Pager{Next: at + "&cursor=" + next}
	}
	return d.views.results.Render(w, r, status, p)
}

// keysPage 键盘操作提示: how the desk is worked without a mouse.
type keysPage struct {
	web.Page
	Groups []keyGroup
}

type keyGroup struct {
	Title string
	Rows  []keyRow
}

type keyRow struct{ Keys, Does string }

// showKeys answers GET /desk/keys.
func (d *Desk) showKeys(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	p := keysPage{Page: d.page(r, a, "", "键盘操作提示", "Keyboard")}
	menu := keyGroup{Title: p.Tr("随处可用（光标不在输入框里时）", "Anywhere, while the cursor is not in a box")}
	for _, m := range Menu(a) {
		if m.Shortcut != "" {
			menu.Rows = append(menu.Rows, keyRow{m.Shortcut, p.Tr(m.ZH, m.EN)})
		}
	}
	menu.Rows = append(menu.Rows, keyRow{"j · k", p.Tr("在列表、材料之间上下移动", "Down and up in lists and documents")}, keyRow{"Enter", p.Tr("打开所在的一行", "Open the row")},
		keyRow{"u", p.Tr("回到列表", "Back to the list")}, keyRow{"a", p.Tr("去办理", "To the act")}, keyRow{"h", p.Tr("打开本页", "This page")})
	bench := keyGroup{Title: p.Tr("窗口收件（输入时也可用，按住 Alt；苹果电脑按住 Ctrl+Option）", "Intake, also while typing: with Alt; on a Mac with Ctrl and Option"), Rows: []keyRow{
		{"Alt+N", p.Tr("下一步、开始收件、提交", "Next, begin, submit")}, {"Alt+B", p.Tr("上一步", "Back")}, {"Alt+S", p.Tr("保存草稿", "Save the draft")},
		{"Alt+U", p.Tr("按情形列出材料", "List the documents for this case")}, {"Alt+P", p.Tr("提交后打印收件凭证", "Print the receipt, once received")},
		{"Alt+R", p.Tr("同一申请人再办一件", "Another item for the same person")}, {"Alt+T", p.Tr("同一事项，下一位", "The next person for the same item")}, {"Alt+H", p.Tr("打开本页", "This page")}}}
	form := keyGroup{Title: p.Tr("填表", "Filling in"), Rows: []keyRow{
		{"Tab · Shift+Tab", p.Tr("下一个、上一个控件", "Next and previous control")}, {"Space", p.Tr("勾选；打开文件选择、拍照", "Tick; open the file chooser or camera")},
		{"↑ · ↓", p.Tr("换选项", "Another option")}, {"Enter", p.Tr("保存并下一步（在单行输入框里）", "Save and continue, in a box of one line")}}}
	p.Groups = []keyGroup{menu, bench, form}
	if !a.Has(actor.WindowClerk) {
		p.Groups = []keyGroup{menu, form}
	}
	return d.views.keys.Render(w, r, http.StatusOK, p)
}
