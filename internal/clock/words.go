package clock

import (
	"fmt"
	"strings"
	"time"
)

// Remaining tells in a few words where a timer stands: 还剩 3 个工作日,10月22日前.
// The year is left out when it is the one of the day it was looked at.
func Remaining(s Status, en bool) string {
	w := words{en, s.Limit.Unit}
	by := w.by(s.Due, s.On)
	var text string
	switch s.State {
	case NotStarted:
		return w.pick("尚未起算", "not started")
	case Running:
		if s.Remaining > 0 {
			text = w.pick(fmt.Sprintf("还剩 %s，%s前", w.count(s.Remaining), by), fmt.Sprintf("%s left, until %s", w.count(s.Remaining), by))
		} else {
			text = w.pick("今天到期，"+by, "due today, "+by)
		}
	case Paused:
		text = w.pick("计时暂停，还剩 "+w.count(s.Remaining), "paused, "+w.count(s.Remaining)+" left")
	case DoneInTime:
		return w.pick("已按时完成", "done in time")
	case DoneLate:
		text = w.late("已完成，超期", "done, late", s.Overdue)
	case Lapsed:
		text = w.late("已超期", "late", s.Overdue) + w.pick(fmt.Sprintf("，应于%s前完成", by), ", was due by "+by)
	}
	if s.Provisional {
		text += w.pick("（暂定）", " (provisional)")
	}
	return text
}

// Lines explains a reckoning for people: limit, events, days, last day,
// calendar. The days come in runs of the same reason.
func (r Reckoning) Lines(en bool) []string {
	w := words{en, r.Limit.Unit}
	if r.State == NotStarted {
		return []string{w.pick("尚未起算。", "Not started.")}
	}
	limit := w.pick("期限：", "limit: ") + w.count(days(r.Limit.N))
	if r.Limit.Article != "" {
		limit += w.pick("（依据"+r.Limit.Article+"）", " ("+r.Limit.Article+")")
	}
	out := []string{limit}
	for _, e := range r.Events {
		out = append(out, w.event(e))
	}
	for i := 0; i < len(r.Days); {
		j := i + 1
		for j < len(r.Days) && sameRun(r.Days[i], r.Days[j]) {
			j++
		}
		out = append(out, w.run(r.Days[i], r.Days[j-1]))
		i = j
	}
	end := w.pick("届满：", "ends: ") + w.day(r.Due) + " 24:00"
	if r.State == Paused {
		end += w.pick("（若今天恢复计时）", " (if it resumed today)")
	}
	out = append(out, end, w.pick("日历版本：", "calendar: ")+r.Edition)
	if r.Provisional {
		out = append(out, w.pick("暂定：当年放假安排尚未公布，按周末和法定节假日推算，公布后重新计算，在此之前不产生法律效果。",
			"provisional: the year's holiday notice is not published; reckoned on weekends and statutory holidays, to be reckoned again, without legal effect until then."))
	}
	return out
}

func sameRun(a, b Counted) bool {
	return a.Why == b.Why && a.Kind == b.Kind && a.Name == b.Name && a.Provisional == b.Provisional
}

// words speaks one language about one unit.
type words struct {
	en   bool
	unit Unit
}

func (w words) pick(zh, en string) string {
	if w.en {
		return en
	}
	return zh
}

// count is "3 个工作日", "3 天", "3 working days".
func (w words) count(n int) string {
	unit, one := "天", "day"
	if w.unit == WorkingDays {
		unit, one = "个工作日", "working day"
	}
	if n != 1 {
		one += "s"
	}
	return fmt.Sprintf("%d %s", n, w.pick(unit, one))
}

func (w words) late(zh, en string, n int) string {
	if n == 0 {
		return w.pick(zh, en)
	}
	return w.pick(zh+" "+w.count(n), en+" by "+w.count(n))
}

// by is a date beside another one, whose year need not be said again.
func (w words) by(d, on Date) string {
	t := d.Start()
	if d.Year() == on.Year() {
		return w.pick(t.Format("1月2日"), t.Format("2 January"))
	}
	return w.pick(t.Format("2006年1月2日"), t.Format("2 January 2006"))
}

func (w words) day(d Date) string {
	return d.String() + " " + w.pick([...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[d.Weekday()], d.Weekday().String()[:3])
}

func (w words) event(e Event) string {
	at := e.At.In(shanghai).Format(time.DateTime)[:16]
	var text string
	switch e.Kind {
	case Started:
		text = w.pick("起算，当日不计", "begins; the day itself is not counted")
	case SuspensionOn:
		text = w.pick("暂停计时", "paused")
	case SuspensionOff:
		text = w.pick("恢复计时", "resumed")
	case Extended:
		text = w.pick("延长 "+w.count(e.N), "extended by "+w.count(e.N))
	case TooLate:
		text = w.pick("期限届满之后的事项，不影响期限", "after the limit had lapsed, without effect")
	case Finished:
		text = w.pick("完成", "done")
	}
	var because []string
	for _, s := range []string{e.Reason, e.Article} {
		if s != "" && e.Kind != Started {
			because = append(because, s)
		}
	}
	if len(because) > 0 {
		text += w.pick("（"+strings.Join(because, "，")+"）", " ("+strings.Join(because, ", ")+")")
	}
	if e.Due != 0 && e.Kind != Finished {
		text += w.pick("，届满日 ", ", ends ") + e.Due.String()
	}
	return at + " " + text
}

// run is a stretch of days with one reason.
func (w words) run(a, b Counted) string {
	text := w.day(a.Date)
	if b.Date != a.Date {
		text += w.pick(" 至 ", " – ") + w.day(b.Date)
	}
	text += " " + w.kind(a.Day)
	switch a.Why {
	case Counts:
		if b.N > a.N {
			text += fmt.Sprintf(w.pick("，第 %d–%d 日", ", days %d–%d"), a.N, b.N)
		} else {
			text += fmt.Sprintf(w.pick("，第 %d 日", ", day %d"), a.N)
		}
	case OpeningDay:
		text += w.pick("，开始当日不计", ", the opening day is not counted")
	case NotWorking:
		text += w.pick("，不计", ", not counted")
	case Suspended:
		text += w.pick("，暂停期间不计", ", paused, not counted")
	case RollsOn:
		text += w.pick("，期满顺延", ", rolled on")
	}
	if a.Provisional {
		text += w.pick("，暂定", ", provisional")
	}
	return text
}

func (w words) kind(d Day) string {
	switch d.Kind {
	case Holiday:
		return w.pick(d.Name+"放假", "holiday "+d.Name)
	case Makeup:
		return w.pick(d.Name+"调休上班", "make-up working day "+d.Name)
	case Weekend:
		return w.pick("周末", "weekend")
	}
	return w.pick("工作日", "working day")
}
