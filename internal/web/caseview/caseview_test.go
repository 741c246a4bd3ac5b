package caseview

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/webtest"
)

func at(day, hour int) time.Time {
	return time.Date(2026, 3, day, hour, 0, 0, 0, clock.Shanghai())
}

func view(t *testing.T, timer clock.Timer, now time.Time) casework.ClockView {
	t.Helper()
	cal, err := calendar.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	r := timer.Reckon(cal, now)
	return casework.ClockView{Name: "承诺办结时限", NameEN: "Promised", Words: clock.Remaining(r.Status, false), WordsEN: clock.Remaining(r.Status, true), Status: r.Status, Reckoning: r}
}

func strip(c web.Clock) string {
	var b strings.Builder
	for _, d := range c.Days {
		b.WriteByte(string(d.Kind)[0])
		if d.Today {
			b.WriteByte('*')
		}
		if d.Due {
			b.WriteByte('!')
		}
	}
	return b.String()
}

// TestClock: the strip says the same as the words. Days are used, left, off,
// hold, over; * is today, ! the last day.
func TestClock(t *testing.T) {
	limit := clock.Limit{N: 3, Unit: clock.WorkingDays}
	tests := map[string]struct {
		timer clock.Timer
		now   time.Time
		strip string
		tone  web.Tone
	}{
		"running":          {clock.Timer{Limit: limit, Start: at(5, 9)}, at(6, 9), "ou*ooll!", web.Note},
		"on the day":       {clock.Timer{Limit: limit, Start: at(2, 9)}, at(2, 9), "o*lll!", web.OK},
		"late":             {clock.Timer{Limit: limit, Start: at(2, 9)}, at(7, 9), "ouuu!oo*", web.Bad},
		"paused":           {clock.Timer{Limit: limit, Start: at(2, 9), Suspensions: []clock.Suspension{{From: at(3, 9)}}}, at(4, 9), "ouh*ll!", web.Note},
		"done in time":     {clock.Timer{Limit: limit, Start: at(2, 9), Done: at(3, 9)}, at(9, 9), "ouuu!", web.OK},
		"applicant":        {clock.Timer{Limit: clock.Limit{N: 15, Whose: clock.Applicant}, Start: at(2, 9)}, at(3, 9), "ou*llloollllloolllllool!", web.Note},
		"not yet begun":    {clock.Timer{Limit: limit}, at(3, 9), "", web.Plain},
		"too long to draw": {clock.Timer{Limit: clock.Limit{N: 120}, Start: at(2, 9)}, at(3, 9), "", web.OK},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := Clock(web.Page{}, view(t, tt.timer, tt.now))
			if got := strip(c); got != tt.strip || c.Tone != tt.tone {
				t.Errorf("%s %s, want %s %s (%s)", got, c.Tone, tt.strip, tt.tone, c.Words)
			}
		})
	}
}

// TestCalculation: each line of the reckoning is set beside its subject.
func TestCalculation(t *testing.T) {
	for line, want := range map[string]web.CalcRow{
		"期限：5 个工作日（依据办事指南）":                         {What: "期限", Result: "5 个工作日（依据办事指南）"},
		"2026-03-07 09:00 起算，当日不计":                  {What: "2026-03-07 09:00", Result: "起算，当日不计"},
		"2026-03-09 周一 至 2026-03-13 周五 工作日，第 1–5 日": {What: "2026-03-09 周一 至 2026-03-13 周五", Result: "工作日，第 1–5 日"},
		"2026-03-08 Sun weekend, not counted":       {What: "2026-03-08 Sun", Result: "weekend, not counted"},
		"暂定到放假安排公布之后再计算一次，在那之前：不产生效果":               {Result: "暂定到放假安排公布之后再计算一次，在那之前：不产生效果"},
	} {
		if got := row(line); got != want {
			t.Errorf("%q: %+v, want %+v", line, got, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	lines := []form.Line{{Title: "身份证号码", Text: "320213199004129927", Masked: "320***27", Sensitive: true}, {Title: "备注"},
		{Title: "人员", Rows: [][]form.Line{{{Title: "姓名", Text: "陈佳怡"}, {Title: "岗位", Text: "厨师"}, {Title: "编号"}}}}}
	masked, open := Answers(web.Page{}, lines, false), Answers(web.Page{}, lines, true)
	if masked[0].Value != "320***27" || open[0].Value != "320213199004129927" {
		t.Errorf("%q, %q", masked[0].Value, open[0].Value)
	}
	if masked[1].Value != "未填写" || len(masked[2].Lines) != 1 || masked[2].Lines[0] != "1. 姓名 陈佳怡，岗位 厨师" {
		t.Errorf("%+v", masked[1:])
	}
}

func TestStates(t *testing.T) {
	for _, s := range casework.States {
		if tag := State(web.Page{}, s, ""); tag.Text == "" {
			t.Errorf("%s has no words", s)
		}
	}
	if tag := State(web.Page{}, casework.Closed, casework.Granted); tag.Text != "已办结·准予" || tag.Tone != web.OK {
		t.Errorf("%+v", tag)
	}
	if tag := State(web.Page{Lang: "en"}, casework.Closed, casework.Refused); tag.Text != "Closed · Refused" || tag.Tone != web.Bad {
		t.Errorf("%+v", tag)
	}
}

func TestDocument(t *testing.T) {
	rt := webtest.New(t)
	doc := casework.Document{Kind: casework.CorrectionNotice, Title: "补正告知书", Number: "锡审〔2026〕补字第000001号", Date: "2026-03-06", CaseNo: "1", ItemName: "食品经营许可", ItemCode: "X",
		Addressee: "某公司", Agent: "陈佳怡", Unit: "审批局", Body: []string{"请补正。"}, Lines: []casework.DocLine{{Name: "营业执照", Text: "请上传"}}, Facts: []casework.DocFact{{Label: "窗口", Value: "A01"}},
		Clocks: []casework.DocClock{{Name: "补正期限", Due: "2026-03-27", Provisional: true, Steps: []string{"15 个工作日"}}}, Basis: []string{"第三十二条"}, Remedies: []string{"六十日内"}, Consult: "1", Complaint: "12345",
		Progress: "/progress/1?c=2", Licence: &casework.DocLicence{Name: "许可证", Identifier: "1.2", Number: "3"},
		Rate: &casework.DocRate{Path: "/rate/1?t=3", Until: "2026-04-05T09:00:00+08:00"}}
	page, err := NewDocumentPage(web.Page{Lang: "zh-CN"}, doc, strings.Repeat("0a", 32), "https://example.cn")
	if err != nil {
		t.Fatal(err)
	}
	if page.Hash != strings.TrimSuffix(strings.Repeat("0a0a0a0a ", 8), " ") || page.Head.QR.Size == 0 || page.Rate.QR.Size == 0 || page.Rate.Until.Day() != 5 || page.Clocks[0].Due.Day() != 27 {
		t.Errorf("%q %d %v", page.Hash, page.Head.QR.Size, page.Clocks)
	}
	page.Rate.Link = web.Link{Href: "/rate/1?t=3", Text: "现在评价"}
	page.Back = web.Link{Href: "/my/cases/1", Text: "返回办件"}
	receipt, err := NewDocumentPage(web.Page{Lang: "zh-CN"}, casework.Document{Kind: casework.ReceiptNotice, Title: "收件凭证", Unit: "审批局", Date: "2026-03-06"}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	webtest.Check(t, DocumentView(rt), page, receipt)
}

func TestStyle(t *testing.T) {
	s, err := NewStyle()
	if err != nil {
		t.Fatal(err)
	}
	var p web.Page
	s.Add(&p)
	r := httptest.NewRequest("GET", p.Styles[0], nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 200 || !strings.Contains(w.Body.String(), ".path") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Error(w.Code, w.Header())
	}
	r.Header.Set("Accept-Encoding", "gzip")
	z := httptest.NewRecorder()
	s.ServeHTTP(z, r)
	if z.Header().Get("Content-Encoding") != "gzip" || z.Body.Len() >= w.Body.Len() {
		t.Error(z.Header(), z.Body.Len())
	}
}
