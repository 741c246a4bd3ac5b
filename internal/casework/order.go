package casework

import (
	"time"

	"github.com/tongban/tongban/internal/errs"
)

// clockSlack is by how much the clocks of two nodes may differ.
const clockSlack = 5 * time.Second

// ErrClockBehind refuses an act whose instant lies before what has already
// happened to the case: the platform's clock was moved backwards, and no limit
// may be reckoned from a time that is not true.
var ErrClockBehind = errs.New(errs.Unavailable, "clock-behind", "平台时间早于这个办件上一个环节的时间，暂时不能办理，请联系系统管理员校准时间。",
	"The platform's clock is behind what already happened to this case; have the clock set right.")

// latest is the last instant that the case itself knows of.
func (c *Case) latest() time.Time {
	var last time.Time
	see := func(list ...time.Time) {
		for _, t := range list {
			if t.After(last) {
				last = t
			}
		}
	}
	see(c.SubmittedAt, c.ReceivedAt, c.DecidedAt, c.ClosedAt)
	for _, k := range c.Clocks {
		see(k.Start, k.Done)
		for _, e := range k.Extensions {
			see(e.At)
		}
		for _, s := range k.Suspensions {
			see(s.From, s.To)
		}
	}
	return last
}

// inOrder checks that an act does not come before what has happened.
func (c *Case) inOrder(now time.Time) error {
	if c.latest().After(now.Add(clockSlack)) {
		return ErrClockBehind
	}
	return nil
}
