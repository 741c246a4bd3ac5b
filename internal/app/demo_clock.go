package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
)

// demoClockFile holds by how much the time of a demonstration is ahead, so that
// limits can be seen to run out in minutes. It only ever goes forward: what is
// in the database has happened.
const demoClockFile = "clock-ahead"

// demoClock is the time of a demonstration: the real one, and what the file in
// its folder adds, looked at ten times a second.
type demoClock struct {
	path   string
	mu     sync.Mutex
	looked time.Time
	ahead  time.Duration
}

func newDemoClock(data string) *demoClock {
	return &demoClock{path: filepath.Join(data, demoClockFile)}
}

// Now gives the demonstration's time.
func (c *demoClock) Now() time.Time {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) > 100*time.Millisecond {
		c.looked = now
		if d, err := readAhead(c.path); err == nil { // a file that cannot be read leaves the time as it was
			c.ahead = max(c.ahead, d)
		}
	}
	return now.Add(c.ahead)
}

func readAhead(path string) (time.Duration, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return time.ParseDuration(strings.TrimSpace(string(b)))
}

// maxAhead bounds the moves of a demonstration's clock together.
const maxAhead = 5 * 365 * 24 * time.Hour

// MoveDemoClock moves the time of a demonstration forward, by "12h", "10d" or
// nothing at all, and gives what time it is there then. The demonstration may be
// running; within a second its limits, reminders and sessions run out.
func MoveDemoClock(data, by string) (now string, err error) {
	bad := errs.New(errs.Invalid, "clock-step", "时间写成 90m、12h 或者 10d 的样子，只能往后拨，总共不超过五年。", "write 90m, 12h or 10d; the clock only moves forward, by five years at most altogether")
	if _, err := os.Stat(data); err != nil {
		return "", errNotDemo.Because(err)
	}
	path := filepath.Join(data, demoClockFile)
	ahead, err := readAhead(path)
	if err != nil {
		return "", err
	}
	if by != "" {
		step, err := parseStep(by)
		if err != nil || step <= 0 || ahead+step > maxAhead {
			return "", bad
		}
		ahead += step
		next := path + ".new"
		if err := os.WriteFile(next, []byte(ahead.String()+"\n"), 0o600); err != nil {
			return "", err
		}
		if err := os.Rename(next, path); err != nil {
			return "", err
		}
	}
	return time.Now().Add(ahead).In(clock.Shanghai()).Format(time.DateTime), nil
}

// parseStep reads "10d" besides what Go writes.
func parseStep(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}
