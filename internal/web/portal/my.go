package portal

import (
	"net/http"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// Acting is who acts and for whom, shown on top of a person's own pages.
type Acting struct {
	Name   string // for whom
	By     string // the agent's name, empty when acting for oneself
	Switch bool   // there is somebody else to act for
	Back   string // page to return to after switching
}

// MyPage 我的: what waits for the person, then everything else.
type MyPage struct {
	web.Page
	Acting Acting
	Todo   []web.Banner
	Cases  []CaseCard
	Tiles  []web.Tile
	Empty  web.Empty
}

// DraftsPage 我的草稿.
type DraftsPage struct {
	web.Page
	Acting Acting
	Drafts []DraftCard
	Pager  web.Pager
	Empty  web.Empty
}

// DraftCard is one draft.
type DraftCard struct {
	Href, Item string
	Correction bool
	At         time.Time
	Discard    web.Action
}

// CasesPage 我的办件.
type CasesPage struct {
	web.Page
	Acting Acting
	Cases  []CaseCard
	Pager  web.Pager
	Empty  web.Empty
}

// CaseCard is one case in a list.
type CaseCard struct {
	Href, Item, No string
	State          web.Tag
	Due            string // words; empty: no limit runs
	At             time.Time
}

func (p *Portal) acting(r *http.Request, a actor.Actor) (Acting, error) {
	list, err := p.Identity.Actings(r.Context(), a.ID)
	if err != nil {
		return Acting{}, err
	}
	x := Acting{Name: a.For.Name, Switch: len(list) > 1, Back: r.URL.Path}
	if a.For.Kind != actor.NaturalPerson || a.For.ID != a.ID {
		x.By = a.Name
	}
	return x, nil
}

// overview is how many cases “我的” shows before the whole list.
const overview = 5

func (p *Portal) my(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	pg := MyPage{Page: p.newPage(r, "my", "我的", "My affairs")}
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	rows, _, err := p.Casework.Mine(ctx, a, 0, 20)
	if err != nil {
		return err
	}
	for i, c := range rows {
		if i < overview {
			pg.Cases = append(pg.Cases, caseCard(pg.Page, c))
		}
		switch c.State {
		case casework.Correcting:
			pg.Todo = append(pg.Todo, web.Banner{Tone: web.Note, Title: pg.Tr("需要您补正材料", "Please correct your application"), Text: c.ItemName + dueWords(pg.Page, c.DueOn),
				Link: web.Link{Href: "/my/cases/" + c.No, Text: pg.Tr("去补正", "Correct it")}})
		case casework.Prechecked:
			pg.Todo = append(pg.Todo, web.Banner{Tone: web.Note, Title: pg.Tr("预审已通过，请到窗口办结", "Checked; please come to the window"), Text: c.ItemName,
				Link: web.Link{Href: "/my/cases/" + c.No, Text: pg.Tr("查看地点和预约", "Where and when")}})
		}
	}
	drafts, err := p.Casework.Drafts(ctx, a, 0, 3)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.CaseNo == "" {
			pg.Todo = append(pg.Todo, web.Banner{Tone: web.Info, Title: pg.Tr("有一份没有提交的草稿", "A draft waits to be handed in"), Text: d.ItemName,
				Link: web.Link{Href: p.wizard.First(d.ID), Text: pg.Tr("继续填写", "Go on")}})
			break
		}
	}
	pg.Tiles = []web.Tile{
		{Href: "/my/cases", Icon: "clock", Text: pg.Tr("我的办件", "My cases"), Soft: pg.Tr("进度、文书、评价", "Progress, documents, rating")},
		{Href: "/my/licences", Icon: "card", Text: pg.Tr("我的证照", "My licences"), Soft: pg.Tr("电子证照和使用记录", "And who used them")},
		{Href: "/my/messages", Icon: "bell", Text: pg.Tr("我的消息", "Messages"), Soft: unreadWords(pg.Page)},
		{Href: "/my/drafts", Icon: "file", Text: pg.Tr("我的草稿", "Drafts"), Soft: pg.Tr("没有提交的申请", "Not handed in yet")},
	}
	pg.Tiles = append(pg.Tiles, web.Tile{Href: "/my/consult", Icon: "phone", Text: pg.Tr("我的咨询", "My questions"), Soft: pg.Tr("咨询、反映办不成的事", "Ask, or report what could not be done")})
	if !pg.Elder && a.Mandate == 0 { // an agent manages neither the principal's mandates nor their profile
		pg.Tiles = append(pg.Tiles,
			web.Tile{Href: "/my/assist", Icon: "user", Text: pg.Tr("帮办代办", "Help with applying"), Soft: pg.Tr("请人免费帮办，做过什么都能查", "Free help, and what was done in your name")},
			web.Tile{Href: "/my/mandates", Icon: "user", Text: pg.Tr("授权委托", "Mandates"), Soft: pg.Tr("让别人替我办，或者替别人办", "Who may act for whom")},
			web.Tile{Href: "/my/profile", Icon: "phone", Text: pg.Tr("个人资料", "Profile"), Soft: pg.Tr("电话、地址、密码", "Phone, address, password")})
	}
	pg.Empty = web.Empty{Title: pg.Tr("还没有办件", "No cases yet"), Text: pg.Tr("找到要办的事，按步骤填写就可以。", "Find a service and follow the steps."),
		Link: web.Link{Href: "/items", Text: pg.Tr("找事项", "Find a service")}}
	return p.v.my.Render(w, r, http.StatusOK, pg)
}

func unreadWords(pg web.Page) string {
	if pg.Unread == 0 {
		return pg.Tr("没有未读消息", "Nothing unread")
	}
	return pg.Tr(strconv.Itoa(pg.Unread)+" 条未读", strconv.Itoa(pg.Unread)+" unread")
}

func caseCard(pg web.Page, c casework.CaseRow) CaseCard {
	return CaseCard{Href: "/my/cases/" + c.No, Item: c.ItemName, No: c.No, State: caseview.State(pg, c.State, c.Outcome), Due: dueWords(pg, c.DueOn), At: c.SubmittedAt}
}

// dueWords tells the date that a case waits for, as the end of a sentence.
func dueWords(pg web.Page, due string) string {
	d, err := clock.ParseDate(due)
	if err != nil {
		return ""
	}
	return pg.Tr("，"+d.Start().Format("1月2日")+"前", ", by "+d.Start().Format("2 January"))
}

func (p *Portal) drafts(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	pg := DraftsPage{Page: p.newPage(r, "my", "我的草稿", "Drafts")}
	pg.Crumbs = myCrumbs(pg.Page)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	from, err := cursor(r)
	if err != nil {
		return err
	}
	list, err := p.Casework.Drafts(r.Context(), a, from, pageSize)
	if err != nil {
		return err
	}
	for _, d := range list {
		at := p.wizard.First(d.ID)
		c := DraftCard{Href: at, Item: d.ItemName, Correction: d.CaseNo != "", At: d.UpdatedAt}
		if d.CaseNo == "" {
			c.Discard = web.Action{URL: at + "/discard", Text: pg.Tr("删除", "Delete"), Warn: true, Confirm: pg.Tr("删除后不能恢复，确定删除吗？", "It cannot be restored. Delete it?")}
		}
		pg.Drafts = append(pg.Drafts, c)
	}
	if len(list) == pageSize {
		pg.Pager.Next = "/my/drafts?after=" + strconv.FormatInt(list[len(list)-1].ID, 10)
	}
	pg.Empty = web.Empty{Title: pg.Tr("没有草稿", "No drafts"), Link: web.Link{Href: "/items", Text: pg.Tr("找事项", "Find a service")}}
	return p.v.drafts.Render(w, r, http.StatusOK, pg)
}

const pageSize = 20

func myCrumbs(pg web.Page) []web.Link {
	return []web.Link{{Href: "/my", Text: pg.Tr("我的", "My affairs")}, {Text: pg.Title}}
}

func (p *Portal) cases(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	pg := CasesPage{Page: p.newPage(r, "my", "我的办件", "My cases")}
	pg.Crumbs = myCrumbs(pg.Page)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	from, err := cursor(r)
	if err != nil {
		return err
	}
	rows, following, err := p.Casework.Mine(r.Context(), a, from, pageSize)
	if err != nil {
		return err
	}
	for _, c := range rows {
		pg.Cases = append(pg.Cases, caseCard(pg.Page, c))
	}
	if following != 0 {
		pg.Pager.Next = "/my/cases?after=" + strconv.FormatInt(following, 10)
	}
	if from != 0 {
		pg.Pager.Prev = "/my/cases"
	}
	pg.Empty = web.Empty{Title: pg.Tr("还没有办件", "No cases yet"), Link: web.Link{Href: "/items", Text: pg.Tr("找事项", "Find a service")}}
	return p.v.cases.Render(w, r, http.StatusOK, pg)
}
