package clock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// ProofFormat names the form in which a reckoning travels: docs/clock-proof.md.
const ProofFormat = "tongban-clock-proof/1"

// Proof 期限计算证明 is a reckoning with everything it rests on, so that anybody
// can do it again: the limit, what happened to it, the calendar's years that it
// touches, every day with its reason, and the result. Its JSON form is
// ProofFormat; instants are RFC 3339 in Asia/Shanghai, dates 2006-01-02.
type Proof struct {
	Format      string        `json:"format"`
	Case        string        `json:"case,omitempty"` // 办件编号
	Name        string        `json:"name,omitempty"` // of the limit: 受理期限
	Limit       ProofLimit    `json:"limit"`
	Start       time.Time     `json:"start,omitzero"` // the event that starts it; absent: not started
	Suspensions []ProofPause  `json:"suspensions"`
	Extensions  []ProofLonger `json:"extensions"`
	Done        time.Time     `json:"done,omitzero"` // absent: not yet
	On          time.Time     `json:"on"`            // the instant at which it was looked at
	Calendar    Spec          `json:"calendar"`      // the years that the days lie in
	Days        []ProofDay    `json:"days"`          // every day from the event to the last
	Events      []ProofEvent  `json:"events"`
	Result      ProofResult   `json:"result"`
}

// ProofLimit is the limit that a proof is about.
type ProofLimit struct {
	Days    int    `json:"days"`
	Unit    Unit   `json:"unit"`
	Whose   Party  `json:"whose"`
	Article string `json:"article,omitempty"`
}

// ProofPause is a suspension.
type ProofPause struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to,omitzero"` // absent: still going on
	Article string    `json:"article,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

// ProofLonger is an extension.
type ProofLonger struct {
	At      time.Time `json:"at"`
	Days    int       `json:"days"`
	Article string    `json:"article,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

// ProofDay is one day, counted or skipped.
type ProofDay struct {
	Date        Date    `json:"date"`
	Kind        DayKind `json:"kind"`
	Holiday     string  `json:"holiday,omitempty"`
	Why         Why     `json:"why"`
	No          int     `json:"no,omitempty"` // its number when it counts
	Provisional bool    `json:"provisional,omitempty"`
}

// ProofEvent is one thing that happened to the limit.
type ProofEvent struct {
	At      time.Time `json:"at"`
	Kind    EventKind `json:"kind"`
	Days    int       `json:"days,omitempty"`
	Article string    `json:"article,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Due     *Date     `json:"due,omitempty"` // the last day afterwards; absent while paused
}

// ProofResult is what follows.
type ProofResult struct {
	State       State `json:"state"`
	Due         *Date `json:"due,omitempty"` // last day, until 24:00; absent: not started
	Allowed     int   `json:"allowed"`
	Remaining   int   `json:"remaining"`
	Overdue     int   `json:"overdue"`
	Provisional bool  `json:"provisional,omitempty"`
}

// Prove is Reckon in the form that others can check.
func (t Timer) Prove(cal Calendar, now time.Time) Proof {
	r := t.Reckon(cal, now)
	p := Proof{Format: ProofFormat, Start: local(t.Start), Done: local(t.Done), On: local(now),
		Limit:       ProofLimit{r.Limit.N, r.Limit.Unit, r.Limit.Whose, r.Limit.Article},
		Suspensions: []ProofPause{}, Extensions: []ProofLonger{}, Days: []ProofDay{}, Events: []ProofEvent{},
		Result: ProofResult{State: r.State, Due: some(r.Due), Allowed: r.Allowed, Remaining: r.Remaining, Overdue: r.Overdue, Provisional: r.Provisional}}
	for _, s := range t.Suspensions {
		p.Suspensions = append(p.Suspensions, ProofPause{local(s.From), local(s.To), s.Article, s.Reason})
	}
	for _, e := range t.Extensions {
		p.Extensions = append(p.Extensions, ProofLonger{local(e.At), e.N, e.Article, e.Reason})
	}
	for _, d := range r.Days {
		p.Days = append(p.Days, ProofDay{d.Date, d.Kind, d.Name, d.Why, d.N, d.Provisional})
	}
	for _, e := range r.Events {
		p.Events = append(p.Events, ProofEvent{local(e.At), e.Kind, e.N, e.Article, e.Reason, some(e.Due)})
	}
	p.Calendar = Spec{Edition: cal.Edition(), Years: []Year{}}
	if r.State != NotStarted {
		p.Calendar = cal.Part(DateOf(t.Start), max(r.Due, r.On)) // what is late is counted to today
	}
	return p
}

// Timer is the limit that a proof is about, as it was put in.
func (p Proof) Timer() Timer {
	t := Timer{Limit: Limit{p.Limit.Days, p.Limit.Unit, p.Limit.Whose, p.Limit.Article}, Start: p.Start, Done: p.Done}
	for _, s := range p.Suspensions {
		t.Suspensions = append(t.Suspensions, Suspension(s))
	}
	for _, e := range p.Extensions {
		t.Extensions = append(t.Extensions, Extension{e.At, e.Days, e.Article, e.Reason})
	}
	return t
}

// JSON is the proof as it is handed out: the same proof gives the same bytes.
func (p Proof) JSON() []byte {
	b, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		panic("clock: a proof did not marshal: " + err.Error()) // strings, numbers and dates
	}
	return append(b, '\n')
}

// Lines explains the proof as Reckoning.Lines does. It reckons again: what it
// says is what follows, not what the proof claims.
func (p Proof) Lines(en bool) ([]string, error) {
	cal, err := New(p.Calendar)
	if err != nil {
		return nil, err
	}
	return p.Timer().Reckon(cal, p.On).Lines(en), nil
}

func local(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Round(0).In(shanghai)
}

func some(d Date) *Date {
	if d == 0 {
		return nil
	}
	return &d
}

// Bounds of a proof that comes from outside: nobody can make a reader work for
// long. They are far beyond any limit of the law.
const (
	MaxProofSize = 8 << 20 // bytes
	maxProofList = 50      // suspensions, extensions
	maxProofSpan = 40 * 366
)

// ErrNotProof says that something is no proof of a form we know.
var ErrNotProof = errors.New("clock: not a proof")

// ParseProof reads a proof. It refuses unknown fields and what lies beyond the
// bounds; whether the proof is right is for Check. Errors wrap ErrNotProof.
func ParseProof(text []byte) (p Proof, err error) {
	if len(text) > MaxProofSize {
		return p, fmt.Errorf("%w: larger than %d bytes", ErrNotProof, MaxProofSize)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Proof{}, fmt.Errorf("%w: %w", ErrNotProof, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Proof{}, fmt.Errorf("%w: something follows it", ErrNotProof)
	}
	return p, p.bounds()
}

func (p Proof) bounds() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrNotProof, fmt.Sprintf(format, args...))
	}
	switch {
	case p.Format != ProofFormat:
		return bad("the format is not %s", ProofFormat)
	case p.Limit.Unit != WorkingDays && p.Limit.Unit != NaturalDays:
		return bad("the unit is neither %s nor %s", WorkingDays, NaturalDays)
	case p.Limit.Whose != Authority && p.Limit.Whose != Applicant:
		return bad("whose limit it is is neither %s nor %s", Authority, Applicant)
	case p.On.IsZero():
		return bad("it does not say when it was made")
	case len(p.Suspensions) > maxProofList || len(p.Extensions) > maxProofList:
		return bad("more than %d suspensions or extensions", maxProofList)
	case p.Limit.Days < 0 || p.Limit.Days > MaxDays:
		return bad("the limit is not between 0 and %d days", MaxDays)
	}
	times := []time.Time{p.On, p.Start, p.Done}
	for _, s := range p.Suspensions {
		times = append(times, s.From, s.To)
	}
	for _, e := range p.Extensions {
		times = append(times, e.At)
	}
	first, last := DateOf(p.On), DateOf(p.On)
	for _, t := range times {
		if t.IsZero() {
			continue
		}
		if y := t.Year(); y < 1970 || y > 2200 {
			return bad("the year %d", y)
		}
		first, last = min(first, DateOf(t)), max(last, DateOf(t))
	}
	if last-first > maxProofSpan {
		return bad("it reaches over more than %d days", maxProofSpan)
	}
	return nil
}

// Difference 不符 is one thing of a proof that does not follow from what it
// rests on.
type Difference struct {
	Path   string // where in the proof: "result/due", "days/12"
	ZH, EN string
}

// Check reckons a proof again from its limit, its events and its calendar, and
// lists what is said otherwise, at most ten. Nothing: the proof is right as far
// as its events and its calendar are.
func (p Proof) Check() []Difference {
	cal, err := New(p.Calendar)
	if err != nil {
		return []Difference{{"calendar", "日历数据无法使用：" + err.Error(), "the calendar cannot be used: " + err.Error()}}
	}
	want := p.Timer().Prove(cal, p.On)
	var c comparison
	c.result(p.Result, want.Result)
	compare(&c, "days", p.Days, want.Days, func(d ProofDay) string {
		return fmt.Sprintf("%s %s%s %s %d%s", d.Date, d.Kind, orNone(d.Holiday), d.Why, d.No, mark(d.Provisional, " provisional"))
	})
	compare(&c, "events", p.Events, want.Events, func(e ProofEvent) string {
		return fmt.Sprintf("%s %s %d%s%s %s", e.At.UTC().Format(time.RFC3339Nano), e.Kind, e.Days, orNone(e.Article), orNone(e.Reason), dateWords(e.Due))
	})
	return c.found
}

func orNone(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func mark(is bool, word string) string {
	if is {
		return word
	}
	return ""
}

func dateWords(d *Date) string {
	if d == nil {
		return "–"
	}
	return d.String()
}

type comparison struct{ found []Difference }

func (c *comparison) add(path, said, follows string) {
	if said != follows && len(c.found) < 10 {
		c.found = append(c.found, Difference{path, "写的是 " + said + "，重新计算应为 " + follows, "says " + said + ", reckoned again it is " + follows})
	}
}

func (c *comparison) result(said, follows ProofResult) {
	c.add("result/due", dateWords(said.Due), dateWords(follows.Due))
	c.add("result/state", string(said.State), string(follows.State))
	for _, n := range []struct {
		path          string
		said, follows int
	}{{"allowed", said.Allowed, follows.Allowed}, {"remaining", said.Remaining, follows.Remaining}, {"overdue", said.Overdue, follows.Overdue}} {
		c.add("result/"+n.path, fmt.Sprint(n.said), fmt.Sprint(n.follows))
	}
	c.add("result/provisional", fmt.Sprint(said.Provisional), fmt.Sprint(follows.Provisional))
}

func compare[T any](c *comparison, path string, said, follows []T, words func(T) string) {
	for i := range max(len(said), len(follows)) {
		a, b := "–", "–"
		if i < len(said) {
			a = words(said[i])
		}
		if i < len(follows) {
			b = words(follows[i])
		}
		c.add(fmt.Sprintf("%s/%d", path, i), a, b)
		if len(c.found) >= 10 {
			return
		}
	}
}

// Against compares the calendar of a proof with another one, such as that of
// the reader: days on which they differ, and years that the other does not know.
func (p Proof) Against(known Calendar) (differ []Difference, unknown []int) {
	cal, err := New(p.Calendar)
	if err != nil || p.Start.IsZero() {
		return nil, nil
	}
	for _, d := range p.Days {
		mine, theirs := known.Day(d.Date), cal.Day(d.Date)
		switch {
		case mine.Provisional && !theirs.Provisional: // they know a notice that we do not
			if y := d.Date.Year(); len(unknown) == 0 || unknown[len(unknown)-1] != y {
				unknown = append(unknown, y)
			}
		case theirs.Provisional: // says so itself
		case mine.Kind != theirs.Kind && len(differ) < 10:
			differ = append(differ, Difference{"calendar/" + d.Date.String(),
				d.Date.String() + " 在证明所附日历中是 " + string(theirs.Kind) + "，在本程序的日历中是 " + string(mine.Kind),
				d.Date.String() + " is " + string(theirs.Kind) + " in the proof's calendar and " + string(mine.Kind) + " in this program's"})
		}
	}
	return differ, unknown
}
