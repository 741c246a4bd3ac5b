package caseview

import (
	"regexp"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
)

// longestStrip is how many days a strip shows; longer limits are told in words.
const longestStrip = 92

// Clocks splits the limits of a case into those that run and those that are
// done. proof is the address of a limit's proof, before its number.
func Clocks(p web.Page, list []casework.ClockView, proof ProofAddress) (running, done []web.Clock) {
	for _, v := range list {
		c := Clock(p, v)
		c.Proof = web.Link{Href: proof(v.N), Text: p.Tr("下载计算证明（可离线验证）", "Download the proof (can be checked offline)")}
		if v.Status.State == clock.DoneInTime || v.Status.State == clock.DoneLate {
			c.Days = nil
			done = append(done, c)
		} else if v.Status.State != clock.NotStarted {
			running = append(running, c)
		}
	}
	return running, done
}

// Clock draws one limit: words, the strip of days, the calculation.
func Clock(p web.Page, v casework.ClockView) web.Clock {
	en := p.Lang == "en"
	c := web.Clock{Title: p.Tr(v.Name, v.NameEN), Words: p.Tr(v.Words, v.WordsEN), Tone: tone(v.Status), Days: days(v.Reckoning)}
	for _, l := range v.Reckoning.Lines(en) {
		c.Calc = append(c.Calc, row(l))
	}
	if v.Status.Provisional {
		c.Note = p.Tr("当年放假安排尚未公布，日期按周末和法定节假日推算，公布后会重新计算。",
			"The holidays of that year are not published yet; the date was reckoned on weekends and statutory holidays and will be reckoned again.")
	}
	return c
}

// Alarm is the banner of an alarm that stands.
func Alarm(p web.Page, a *casework.Alarm) web.Banner {
	if a == nil {
		return web.Banner{}
	}
	day := a.At.In(clock.Shanghai())
	return web.Banner{Tone: web.Bad, Title: p.Tr(day.Format("1月2日")+"已报警", "Alarm raised on "+day.Format("2 January")), Text: p.Tr(a.ZH, a.EN)}
}

func tone(s clock.Status) web.Tone {
	switch s.State {
	case clock.Lapsed, clock.DoneLate:
		return web.Bad
	case clock.Paused:
		return web.Note
	case clock.Running:
		if s.Limit.Whose == clock.Applicant {
			return web.Note // it is the reader's own time
		}
		return web.LeftTone(s.Remaining)
	case clock.DoneInTime:
		return web.OK
	}
	return web.Plain
}

// days lays out the days of a limit from its first to its last, or to today
// when that is later.
func days(r clock.Reckoning) []web.Day {
	if r.State == clock.NotStarted {
		return nil
	}
	var out []web.Day
	for _, d := range r.Days {
		cell := web.Day{Date: d.Date.Start(), Kind: web.OffDay, Today: d.Date == r.On, Due: d.Date == r.Due}
		switch d.Why {
		case clock.Counts:
			cell.Kind = web.LeftDay
			if d.Date <= r.On {
				cell.Kind = web.UsedDay
			}
		case clock.Suspended:
			cell.Kind = web.HoldDay
		}
		out = append(out, cell)
	}
	if r.State == clock.Lapsed {
		for d := r.Due + 1; d <= r.On; d++ {
			out = append(out, web.Day{Date: d.Start(), Kind: web.OverDay, Today: d == r.On})
		}
	}
	if len(out) > longestStrip {
		return nil
	}
	return out
}

// dated is a line that begins with an instant, a day or a run of days.
var dated = regexp.MustCompile(`^(\d{4}-\d\d-\d\d(?: \d\d:\d\d| \p{L}+)(?: (?:至|–) \d{4}-\d\d-\d\d \p{L}+)?) (.+)$`)

// row puts the subject of a line of the calculation beside what is said of it.
func row(line string) web.CalcRow {
	if m := dated.FindStringSubmatch(line); m != nil {
		return web.CalcRow{What: m[1], Result: m[2]}
	}
	for _, colon := range []string{"：", ":"} {
		if what, result, ok := strings.Cut(line, colon); ok && result != "" && len([]rune(what)) <= 12 {
			return web.CalcRow{What: what, Result: strings.TrimSpace(result)}
		}
	}
	return web.CalcRow{Result: line}
}
