package portal

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/web"
)

// LicencesPage 我的证照.
type LicencesPage struct {
	web.Page
	Acting   Acting
	Licences []LicenceCard
	Empty    web.Empty
}

// LicenceCard is one licence in a list.
type LicenceCard struct {
	Href, Name, Number, Issuer, Until string
	State                             web.Tag
}

// LicencePage 电子证照: what is on it, how to verify it, who used it.
type LicencePage struct {
	web.Page
	Name       string
	State      web.Tag
	Fields     web.Facts
	QR         web.QR
	VerifyPath string
	Signed     time.Time
	Signature  string // of the signature, in words
	Hash       string
	Uses       web.Timeline
	Case       web.Link
}

// VerifyPage 证照核验: for anybody.
type VerifyPage struct {
	web.Page
	Identifier web.FieldView
	Result     *licence.Verification
	Genuine    bool
	Heading    string
	State      web.Tag
	Facts      web.Facts
	Findings   []Finding
}

// Finding is one thing that was checked.
type Finding struct {
	OK   bool
	Text string
}

func (p *Portal) licences(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	pg := LicencesPage{Page: p.newPage(r, "my", "我的证照", "My licences")}
	pg.Crumbs = myCrumbs(pg.Page)
	if pg.Acting, err = p.acting(r, a); err != nil {
		return err
	}
	list, err := p.Licences.Held(r.Context(), a)
	if err != nil {
		return err
	}
	for _, l := range list {
		pg.Licences = append(pg.Licences, LicenceCard{Href: "/my/licences/" + l.Identifier, Name: l.Name, Number: l.Number, Issuer: l.IssuerName,
			Until: until(pg.Page, l.Until), State: licenceState(pg.Page, l.On(p.today()))})
	}
	pg.Empty = web.Empty{Title: pg.Tr("还没有电子证照", "No licences yet"), Text: pg.Tr("在本平台办成的证照会自动出现在这里。", "Licences issued here appear by themselves."),
		Link: web.Link{Href: "/items", Text: pg.Tr("找事项", "Find a service")}}
	return p.v.licences.Render(w, r, http.StatusOK, pg)
}

func licenceState(pg web.Page, s licence.Status) web.Tag {
	zh, en := s.Words()
	t := web.Tag{Tone: web.Bad, Text: pg.Tr(zh, en)}
	if s == licence.Valid {
		t.Tone = web.OK
	}
	return t
}

func until(pg web.Page, date string) string {
	d, err := clock.ParseDate(date)
	if err != nil {
		return pg.Tr("长期有效", "No end")
	}
	return pg.Tr("有效期至 "+d.Start().Format("2006年1月2日"), "Until "+d.Start().Format("2 January 2006"))
}

func day(pg web.Page, date string) string {
	d, err := clock.ParseDate(date)
	if err != nil {
		return "—"
	}
	return pg.Tr(d.Start().Format("2006年1月2日"), d.Start().Format("2 January 2006"))
}

func (p *Portal) licence(w http.ResponseWriter, r *http.Request) error {
	a, err := p.person(r)
	if err != nil {
		return err
	}
	l, t, err := p.Licences.Get(r.Context(), a, r.PathValue("identifier"))
	if err != nil {
		return err
	}
	pg := LicencePage{Page: p.newPage(r, "my", l.Name, ""), Name: l.Name, State: licenceState(p.newPage(r, "", "", ""), l.On(p.today())), Hash: l.Hash, Signed: l.SignedAt,
		VerifyPath: "/verify/" + url.PathEscape(l.Identifier)}
	pg.Crumbs = []web.Link{{Href: "/my", Text: pg.Tr("我的", "My affairs")}, {Href: "/my/licences", Text: pg.Tr("我的证照", "My licences")}, {Text: l.Name}}
	if pg.QR, err = web.NewQR(p.URL+pg.VerifyPath, pg.Tr("扫码核验证照", "Scan to verify")); err != nil {
		return err
	}
	add := func(key, value string) {
		if value != "" {
			pg.Fields.Rows = append(pg.Fields.Rows, web.Fact{Key: key, Value: value})
		}
	}
	add(pg.Tr("持证人", "Holder"), l.HolderName)
	for _, f := range t.Fields {
		add(pg.Tr(f.Title, f.TitleEN), l.Fields[f.Key])
	}
	add(pg.Tr("证照编号", "Number"), l.Number)
	add(pg.Tr("颁发机构", "Issued by"), l.IssuerName)
	add(pg.Tr("颁发日期", "Issued on"), day(pg.Page, l.Issued))
	if l.Until == "" {
		add(pg.Tr("有效期", "Valid"), pg.Tr("长期有效", "without end"))
	} else {
		add(pg.Tr("有效期至", "Valid until"), day(pg.Page, l.Until))
	}
	add(pg.Tr("电子证照标识", "Identifier"), l.Identifier)
	if l.CaseNo != "" {
		pg.Case = web.Link{Href: "/my/cases/" + l.CaseNo, Text: pg.Tr("查看办件", "See the case")}
	}
	uses, err := p.Licences.Uses(r.Context(), a, l.Identifier)
	if err != nil {
		return err
	}
	for _, u := range uses {
		pg.Uses.Events = append(pg.Uses.Events, web.Event{At: u.At, Title: u.Purpose, Who: u.By, Tone: web.Info})
	}
	return p.v.licence.Render(w, r, http.StatusOK, pg)
}

func (p *Portal) findLicence(w http.ResponseWriter, r *http.Request) error {
	id := strings.ToUpper(strings.Join(strings.Fields(r.URL.Query().Get("identifier")), ""))
	if id != "" && len(id) <= 200 {
		return web.SeeOther(w, r, "/verify/"+url.PathEscape(id))
	}
	return p.v.verify.Render(w, r, http.StatusOK, p.verifyPage(r, ""))
}

func (p *Portal) verifyPage(r *http.Request, id string) VerifyPage {
	pg := VerifyPage{Page: p.newPage(r, "", "证照核验", "Verify a licence")}
	pg.Identifier = web.FieldView{ID: "f-identifier", Name: "identifier", Label: pg.Tr("电子证照标识", "Licence identifier"), Value: id, Max: 120, Auto: "off",
		Help: pg.Tr("印在证照上，形如 1.2.156.3005.2.… ；也可以直接扫证照上的二维码", "Printed on the licence; or scan its QR code")}
	return pg
}

func (p *Portal) verify(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("identifier")
	v, err := p.Licences.Verify(r.Context(), id)
	if err != nil {
		return err
	}
	pg := p.verifyPage(r, id)
	pg.Result, pg.Genuine, pg.State = v, v.Genuine, licenceState(pg.Page, v.Status)
	zh, en := v.Status.Words()
	switch {
	case !v.Genuine:
		pg.Heading = pg.Tr("不能证明这份证照是真的", "This licence could not be proven genuine")
	case v.Status == licence.Valid:
		pg.Heading = pg.Tr("证照真实，目前有效", "Genuine, and valid now")
	default:
		pg.Heading = pg.Tr("证照真实，但目前状态为“"+zh+"”", "Genuine, but its status is “"+en+"”")
	}
	for _, f := range []struct{ zh, en, v string }{{"证照名称", "Licence", v.Name}, {"持证人", "Holder", v.Holder}, {"颁发机构", "Issued by", v.Issuer},
		{"颁发日期", "Issued on", day(pg.Page, v.Issued)}, {"有效期", "Validity", until(pg.Page, v.Until)}, {"核验日期", "Checked on", day(pg.Page, v.On)}} {
		pg.Facts.Rows = append(pg.Facts.Rows, web.Fact{Key: pg.Tr(f.zh, f.en), Value: f.v})
	}
	for _, f := range v.Findings {
		pg.Findings = append(pg.Findings, Finding{f.OK, pg.Tr(f.ZH, f.EN)})
	}
	return p.v.verify.Render(w, r, http.StatusOK, pg)
}
