package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/web"
)

const booksPath = "/console/fees"

// booksPage 收费对账: days against the providers' lists, and where they differ.
type booksPage struct {
	web.Page
	Day       string
	Providers []web.OptionView
	Open      []difference
	Empty     web.Empty
	Days      web.Table
	Tills     web.Table
	Settled   web.Table
}

// difference is one that waits for a person.
type difference struct {
	ID                    int64
	Kind, Where, Ref      string
	Ours, Theirs, URL, At string
	Note, Error           string
}

// books answers GET /console/fees.
func (k *Console) books(w http.ResponseWriter, r *http.Request) error {
	return k.showBooks(w, r, http.StatusOK, 0, "", nil)
}

func (k *Console) bookDay(r *http.Request) clock.Date {
	day, err := clock.ParseDate(r.FormValue("day"))
	if err != nil {
		return clock.DateOf(k.c.Now())
	}
	return day
}

func (k *Console) showBooks(w http.ResponseWriter, r *http.Request, status int, id int64, note string, problems []errs.Field) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	day := k.bookDay(r)
	b, err := k.c.Fees.Books(r.Context(), a, day)
	if err != nil {
		return err
	}
	p := booksPage{Page: k.page(r, a, "books", "收费对账", "Books"), Day: day.String()}
	for _, key := range k.c.Fees.Providers() {
		zh, en := fee.ProviderWords(key)
		p.Providers = append(p.Providers, web.OptionView{ID: "provider-" + key, Value: key, Label: p.Tr(zh, en), Checked: len(p.Providers) == len(k.c.Fees.Providers())-1})
	}
	p.Empty = web.Empty{Title: p.Tr("没有待处理的差异", "No difference is open"), Text: p.Tr("每天自动核对前一天；不一致的会出现在这里。", "Yesterday is compared every day; what differs waits here.")}
	p.Settled = web.Table{Hide: true, Caption: p.Tr("最近处理的差异", "Settled lately"), Heads: []web.Head{{Text: p.Tr("差异", "Difference")}, {Text: p.Tr("处理", "What came of it")}}}
	ids := map[string]string{}
	for _, d := range b.Differences {
		zh, en := d.Kind.Words()
		via, viaEN := fee.ProviderWords(d.Provider)
		where := p.Tr(via, viaEN) + " · " + d.Day
		if d.Settled {
			p.Settled.Rows = append(p.Settled.Rows, web.Row{Cells: []web.Cell{{Text: p.Tr(zh, en), Soft: where + " · " + d.Ref}, {Text: d.Note, Soft: strings.TrimPrefix(d.ByName+" "+stamp(d.SettledAt), " ")}}})
			continue
		}
		x := difference{ID: d.ID, Kind: p.Tr(zh, en), Where: where, Ref: d.Ref, Ours: catalog.Yuan(d.Ours), Theirs: catalog.Yuan(d.Theirs), URL: booksPath + "/differences/" + strconv.FormatInt(d.ID, 10), At: stamp(d.FoundAt)}
		if d.ID == id {
			x.Note = note
			ids["note"] = "note-" + strconv.FormatInt(d.ID, 10)
			for _, f := range problems {
				x.Error = p.Tr(f.ZH, f.EN)
			}
		}
		p.Open = append(p.Open, x)
	}
	if len(problems) > 0 {
		if ids["note"] == "" {
			ids["day"], ids["provider"] = "day", "day"
		}
		p.FieldErrors(problems, ids)
	}
	p.Days = web.Table{Hide: true, Caption: p.Tr("对账情况", "Days"), Heads: []web.Head{{Text: p.Tr("日期", "Day")}, {Text: p.Tr("我方", "Ours"), Num: true}, {Text: p.Tr("对方", "Theirs"), Num: true}, {Text: p.Tr("结果", "Result")}},
		Empty: web.Empty{Title: p.Tr("还没有对过账", "Nothing was compared yet")}}
	for i := range b.Days {
		m := &b.Days[i]
		via, viaEN := fee.ProviderWords(m.Provider)
		tag := web.Tag{Tone: web.OK, Text: p.Tr("一致", "Even")}
		if !m.Even() {
			tag = web.Tag{Tone: web.Bad, Text: p.Tr("不一致", "Differs")}
		}
		n := func(count, sum int64) web.Cell {
			return web.Cell{Text: catalog.Yuan(sum), Soft: strconv.FormatInt(count, 10) + p.Tr("笔", " lines")}
		}
		p.Days.Rows = append(p.Days.Rows, web.Row{Cells: []web.Cell{{Text: m.Day, Href: booksPath + "?day=" + m.Day, Soft: p.Tr(via, viaEN)}, n(m.OursCount, m.OursSum), n(m.TheirsCount, m.TheirsSum), {Tag: tag, Soft: stamp(m.At)}}})
	}
	p.Tills = web.Table{Hide: true, Caption: p.Tr("窗口收款台 ", "Tills on ") + p.Day, Heads: []web.Head{{Text: p.Tr("收款人", "Clerk")}, {Text: p.Tr("账面（元）", "Books"), Num: true}, {Text: p.Tr("清点（元）", "Counted"), Num: true}},
		Empty: web.Empty{Title: p.Tr("这一天窗口没有收款", "No window took money on this day")}}
	for _, t := range b.Tills {
		counted := web.Cell{Tag: web.Tag{Tone: web.Note, Text: p.Tr("未日结", "Not closed")}}
		if !t.ClosedAt.IsZero() {
			counted = web.Cell{Text: catalog.Yuan(t.CountedCash + t.CountedPOS), Soft: t.Note}
		}
		p.Tills.Rows = append(p.Tills.Rows, web.Row{Cells: []web.Cell{{Text: t.ClerkName}, {Text: catalog.Yuan(t.Cash + t.POS), Soft: p.Tr("现金 ", "cash ") + catalog.Yuan(t.Cash) + p.Tr("，刷卡 ", ", card ") + catalog.Yuan(t.POS)}, counted}})
	}
	return k.views.books.Render(w, r, status, p)
}

// match answers POST /console/fees/match.
func (k *Console) match(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	day := k.bookDay(r)
	err = k.c.Fees.Match(r.Context(), a, r.PostForm.Get("provider"), day)
	if f := refusedFields(err); len(f) > 0 {
		return k.showBooks(w, r, http.StatusUnprocessableEntity, 0, "", f)
	}
	if err != nil {
		return err
	}
	k.flash(w, r, "正在对账，稍后刷新查看结果。", "Comparing; refresh in a moment.")
	return web.SeeOther(w, r, booksPath+"?day="+day.String())
}

// settle answers POST /console/fees/differences/{id}.
func (k *Console) settle(w http.ResponseWriter, r *http.Request) error {
	a, err := k.actor(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	err = k.c.Fees.Settle(r.Context(), a, id, r.PostForm.Get("note"))
	if f := refusedFields(err); len(f) > 0 {
		return k.showBooks(w, r, http.StatusUnprocessableEntity, id, r.PostForm.Get("note"), f)
	}
	if err != nil {
		return web.Onward(err, web.Link{Href: booksPath, Text: web.NewPage(r, "", "").Tr("回到对账", "Back to the books")})
	}
	k.flash(w, r, "差异已处理。", "The difference is settled.")
	return web.SeeOther(w, r, booksPath)
}

// stamp is a moment in Shanghai, to the minute.
func stamp(t time.Time) string { return t.In(clock.Shanghai()).Format("2006-01-02 15:04") }

// refusedFields are the fields that an input was refused for; none of nil.
func refusedFields(err error) []errs.Field {
	if err == nil {
		return nil
	}
	return errs.Of(err).Fields
}
