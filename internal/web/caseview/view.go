package caseview

import (
	"embed"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

//go:embed templates
var templates embed.FS

// Overlay puts the partials of this package ("casepath" for [Path]) beside a
// page's own templates, as "case/parts.html".
func Overlay(own fs.FS) fs.FS { return overlay{own} }

type overlay struct{ own fs.FS }

// Open finds a file of ours below "case/", any other in the page's own folder.
func (o overlay) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, "case/"); ok {
		return templates.Open("templates/" + rest)
	}
	return o.own.Open(name)
}

// State names where a case stands, with the outcome once there is one.
func State(p web.Page, s casework.State, o casework.Outcome) web.Tag {
	zh, en := s.Words()
	t := web.Tag{Tone: web.Info, Text: p.Tr(zh, en)}
	switch s {
	case casework.Correcting, casework.Prechecked, casework.Suspended:
		t.Tone = web.Note
	case casework.Delivering:
		t.Tone = web.OK
	case casework.Closed:
		t.Tone = web.Plain
		if o != "" {
			ozh, oen := o.Words()
			t.Text += p.Tr("·"+ozh, " · "+oen)
		}
	}
	switch o {
	case casework.Granted:
		t.Tone = web.OK
	case casework.Refused, casework.Declined:
		t.Tone = web.Bad
	}
	return t
}

// Station 办理进程 is one station of a case's path, partial "casepath".
type Station struct {
	Text string
	At   time.Time // zero: not reached
	Mark string    // done, now, or empty
}

// Path draws the stations of a case.
func Path(p web.Page, ms []casework.Milestone) []Station {
	var out []Station
	for _, m := range ms {
		s := Station{Text: p.Tr(m.ZH, m.EN), At: m.At}
		switch {
		case m.Now:
			s.Mark = "now"
		case !m.At.IsZero():
			s.Mark = "done"
		}
		out = append(out, s)
	}
	return out
}

// Timeline lists the acts of a case, newest first. document gives the address
// of a document by its id.
func Timeline(p web.Page, v *casework.View, document func(id int64) string) web.Timeline {
	var t web.Timeline
	for i := len(v.Events) - 1; i >= 0; i-- {
		e := v.Events[i]
		ev := web.Event{At: e.At, Title: p.Tr(e.ZH, e.EN), Who: e.By, Text: e.Note, Tone: web.Info}
		switch e.Act {
		case casework.RequestCorrection, casework.Suspend, casework.Extend, casework.AskMoreTime, casework.RefuseMoreTime,
			casework.PostBack, casework.PostLost, casework.PostRefused, casework.CabinetOver:
			ev.Tone = web.Note
		case casework.Decline, casework.NotReceived, casework.ReturnUncorrected:
			ev.Tone = web.Bad
		case casework.Accept, casework.DeemAccepted, casework.Arrive, casework.HandOver, casework.PostSigned, casework.CabinetOpened, casework.DeliverElectronic:
			ev.Tone = web.OK
		}
		if e.Article != "" {
			ev.Soft = p.Tr("依据"+e.Article, "Basis: "+e.Article)
		}
		if e.DocumentID != 0 && e.Title != "" {
			ev.Link = web.Link{Href: document(e.DocumentID), Text: strings.TrimSpace(e.Title + " " + e.Number)}
		}
		t.Events = append(t.Events, ev)
	}
	return t
}

// Answers lists what was filled in. open shows sensitive answers whole, for the
// person who is checking them before handing in.
func Answers(p web.Page, lines []form.Line, open bool) []web.Fact {
	var out []web.Fact
	for _, l := range lines {
		f := web.Fact{Key: p.Tr(l.Title, l.TitleEN), Value: answer(p, l, open)}
		for i, cells := range l.Rows {
			var words []string
			for _, c := range cells {
				if t := answer(p, c, open); t != "" {
					words = append(words, p.Tr(c.Title, c.TitleEN)+" "+t)
				}
			}
			f.Lines = append(f.Lines, strconv.Itoa(i+1)+". "+strings.Join(words, p.Tr("，", ", ")))
		}
		if f.Value == "" && len(f.Lines) == 0 {
			f.Value = p.Tr("未填写", "Not filled in")
		}
		out = append(out, f)
	}
	return out
}

func answer(p web.Page, l form.Line, open bool) string {
	if l.Sensitive && !open {
		return l.Masked
	}
	return p.Tr(l.Text, l.TextEN)
}

// Delivery says how the result is to reach the applicant.
func Delivery(p web.Page, way string) string {
	switch way {
	case "electronic":
		return p.Tr("电子送达", "Electronically")
	case "pickup":
		return p.Tr("到窗口领取", "Pick up at the window")
	case "post":
		return p.Tr("邮寄", "By post")
	}
	return p.Tr("未选择", "Not chosen")
}

// Address of a document or case page below a prefix.
func Address(prefix string) func(id int64) string {
	return func(id int64) string { return prefix + strconv.FormatInt(id, 10) }
}
