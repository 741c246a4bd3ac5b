package desk

import (
	"net/http"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// findPage finds a case by its number, or an open one by the last digits.
type findPage struct {
	web.Page
	Query string
	Field web.FieldView
	Table web.Table
	Asked bool
}

// leastDigits is how much of a number's end the search in one's own work lists asks for.
const leastDigits = 4

// find answers GET /desk/search?no=…
func (d *Desk) find(w http.ResponseWriter, r *http.Request) error {
	a, err := d.Actor(r)
	if err != nil {
		return err
	}
	if !hasAny(a, append(deskRoles(), actor.Supervisor)...) {
		return d.refused(r, a, identity.CaseQueue, "search")
	}
	no := strings.ToUpper(strings.Map(func(c rune) rune {
		if c == ' ' || c == '-' || c < ' ' {
			return -1
		}
		return c
	}, r.URL.Query().Get("no")))
	p := findPage{Page: d.page(r, a, "find", "查找办件", "Find a case"), Query: no, Asked: no != ""}
	p.Field = web.FieldView{ID: "no", Name: "no", Label: p.Tr("办件编号", "Case number"), Value: r.URL.Query().Get("no"), Max: 64, Auto: "off", Width: "w-l",
		Help: p.Tr("收件凭证上的全部编号，或者最后几位（至少4位，在您的待办中查找）。", "The whole number on the receipt, or its last digits (4 or more, among your open cases).")}
	switch {
	case no == "":
	case len(no) < leastDigits || len(no) > 64:
		fields := []web.FieldView{p.Field}
		mark(&p.Page, fields, []errs.Field{{Path: "no", Code: "length", ZH: "请输入至少4位编号", EN: "Enter 4 digits or more"}})
		p.Field = fields[0]
		return d.views.find.Render(w, r, http.StatusUnprocessableEntity, p)
	case len(no) >= 43:
		_, err := d.c.Casework.View(r.Context(), a, no)
		if err == nil {
			return web.SeeOther(w, r, casePath(no))
		}
		if errs.KindOf(err) != errs.NotFound {
			return err
		}
	}
	var rows []casework.QueueRow
	if no != "" && hasAny(a, deskRoles()...) {
		if rows, err = d.c.Casework.FindOpen(r.Context(), a, no); err != nil {
			return err
		}
		if len(rows) == 1 {
			return web.SeeOther(w, r, casePath(rows[0].No))
		}
	}
	p.Table = d.queueTable(p.Page, rows, r.URL.RequestURI())
	p.Table.Empty = web.Empty{Title: p.Tr("没有找到这个办件", "No such case"), Text: p.Tr("请核对编号。不属于您单位的办件不会显示。", "Check the number. Cases of other units are not shown.")}
	return d.views.find.Render(w, r, http.StatusOK, p)
}
