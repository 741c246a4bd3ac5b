package journey

import (
	"regexp"
	"strconv"
	"testing"
)

// overview is the supervisor's look at the city: figures by department and
// district, and the cases behind a number.
func overview(t *testing.T, l *look, c *city) {
	l.as(t, c, "supervisor-wx", desktop, func(d *person) {
		d.open("/console")
		d.see("收件", "在办", "超期", "梁溪区")
		_ = regexp.MustCompile
		_ = strconv.Itoa
	})
}
