package assess

import (
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
)

// Figure 指标 names one number of the overview and the list behind it.
type Figure string

// The figures. InHand, Late, DueSoon, StepLate and Alarmed are of this moment, the others of a period.
const (
	Received   Figure = "received"    // 收件
	InHand     Figure = "in-hand"     // 在办
	Late       Figure = "late"        // 超期在办: a limit of the authority has passed
	DueSoon    Figure = "due-soon"    // 临期: three working days or fewer
	StepLate   Figure = "step-late"   // 环节超期: a department is over its days, though the case may be in time
	Alarmed    Figure = "alarmed"     // 报警: past a date on which nothing happens by itself, see casework.Alarm
	Closed     Figure = "closed"      // 办结
	OnTime     Figure = "on-time"     // 按时办结
	ClosedLate Figure = "closed-late" // 超期办结
	Granted    Figure = "granted"     // 准予
	Refused    Figure = "refused"     // 不予
	Declined   Figure = "declined"    // 不予受理, 不受理
	Withdrawn  Figure = "withdrawn"   // 撤回, 退件
	Rated      Figure = "rated"       // 已评价
	Good       Figure = "good"        // 好评
	Negative   Figure = "negative"    // 差评
)

// AllFigures lists them in the order shown to people.
var AllFigures = []Figure{Received, InHand, Late, DueSoon, StepLate, Alarmed, Closed, OnTime, ClosedLate, Granted, Refused, Declined, Withdrawn, Rated, Good, Negative}

var figureWords = map[Figure][2]string{
	Received: {"收件", "Received"}, InHand: {"在办", "In hand"}, Late: {"超期", "Late"}, DueSoon: {"临期", "Due soon"}, StepLate: {"环节超期", "Steps late"}, Alarmed: {"报警", "Alarms"},
	Closed: {"办结", "Closed"}, OnTime: {"按时办结", "Closed on time"}, ClosedLate: {"超期办结", "Closed late"},
	Granted: {"准予", "Granted"}, Refused: {"不予", "Refused"}, Declined: {"不予受理", "Declined"}, Withdrawn: {"撤回、退件", "Withdrawn or returned"},
	Rated: {"已评价", "Rated"}, Good: {"好评", "Good ratings"}, Negative: {"差评", "Negative ratings"},
}

// Words gives the figure's name for people.
func (f Figure) Words() (zh, en string) { w := figureWords[f]; return w[0], w[1] }

// Open reports whether the figure is of cases that are open now.
func (f Figure) Open() bool {
	return f == InHand || f == Late || f == DueSoon || f == StepLate || f == Alarmed
}

// Figures 指标值 are counts of cases.
type Figures struct {
	Received  int64
	InHand    int64
	Late      int64
	DueSoon   int64
	StepLate  int64
	Alarmed   int64
	Closed    int64
	OnTime    int64
	Granted   int64
	Refused   int64
	Declined  int64
	Withdrawn int64
	Rated     int64
	Good      int64
	Negative  int64
}

// Of gives one figure's number.
func (f Figures) Of(name Figure) int64 {
	switch name {
	case Received:
		return f.Received
	case InHand:
		return f.InHand
	case Late:
		return f.Late
	case DueSoon:
		return f.DueSoon
	case StepLate:
		return f.StepLate
	case Alarmed:
		return f.Alarmed
	case Closed:
		return f.Closed
	case OnTime:
		return f.OnTime
	case ClosedLate:
		return f.Closed - f.OnTime
	case Granted:
		return f.Granted
	case Refused:
		return f.Refused
	case Declined:
		return f.Declined
	case Withdrawn:
		return f.Withdrawn
	case Rated:
		return f.Rated
	case Good:
		return f.Good
	case Negative:
		return f.Negative
	}
	return 0
}

// OnTimeRate 按时办结率 in percent; ok is false when nothing was closed.
func (f Figures) OnTimeRate() (percent float64, ok bool) { return share(f.OnTime, f.Closed) }

// GoodRate 好评率 in percent of the ratings given; services that nobody rated do
// not count. ok is false when nothing was rated.
func (f Figures) GoodRate() (percent float64, ok bool) { return share(f.Good, f.Rated) }

func share(part, whole int64) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) * 100 / float64(whole), true
}

func (f *Figures) add(g Figures) {
	f.Received += g.Received
	f.InHand += g.InHand
	f.Late += g.Late
	f.DueSoon += g.DueSoon
	f.StepLate += g.StepLate
	f.Alarmed += g.Alarmed
	f.Closed += g.Closed
	f.OnTime += g.OnTime
	f.Granted += g.Granted
	f.Refused += g.Refused
	f.Declined += g.Declined
	f.Withdrawn += g.Withdrawn
	f.Rated += g.Rated
	f.Good += g.Good
	f.Negative += g.Negative
}

// results groups the outcomes into the four that are counted.
var results = map[casework.Outcome]Figure{
	casework.Granted: Granted, casework.Annulled: Granted, casework.Refused: Refused, casework.Declined: Declined, casework.NotNeeded: Declined,
	casework.Withdrawn: Withdrawn, casework.Returned: Withdrawn,
}

// soonDays is how many working days before its date a case is due soon, the
// same as in the work lists of the desks.
const soonDays = 3

// soonUntil is the last date that is due soon on a day.
func soonUntil(cal clock.Calendar, today clock.Date) clock.Date {
	d := today
	for cal.Between(today, d+1) <= soonDays {
		d++
	}
	return d
}

// onTime 按时办结 looks at the one limit that a closed case is judged by: the
// promised one, the statutory one where nothing was promised, and the receipt
// limit for what ended before it was accepted (行政许可法 第三十二条, 第四十二条).
// Whoever withdraws a late case does not make it timely. A case without a limit
// is on time.
func onTime(clocks casework.Clocks, cal clock.Calendar, closed time.Time) bool {
	for _, limit := range []casework.Limit{casework.Promised, casework.Statutory, casework.Receipt} {
		for i := len(clocks) - 1; i >= 0; i-- { // the newest of its kind
			if clocks[i].Kind == limit {
				return !clocks[i].Timer().At(cal, closed).Late()
			}
		}
	}
	return true
}
