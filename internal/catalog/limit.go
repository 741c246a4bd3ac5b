package catalog

import (
	"math"
	"strconv"
)

// Length of a limit in calendar days, about: +Inf where there is none, NaN where
// it is not given.
func (l *Limit) Length() float64 {
	if l == nil {
		return math.NaN()
	}
	switch l.Unit {
	case "instant":
		return 0
	case "workday":
		return float64(l.Days) * 7 / 5
	case "day":
		return float64(l.Days)
	case "none":
		return math.Inf(1)
	}
	return math.NaN()
}

// Words tells a limit in a few words.
func (l Limit) Words() (zh, en string) {
	n := strconv.Itoa(l.Days)
	switch l.Unit {
	case "workday":
		return n + "个工作日", n + " working days"
	case "day":
		return n + "日", n + " days"
	case "instant":
		return "当场办结", "on the spot"
	}
	return "没有规定", "none"
}

func limitSaid(l Limit) words {
	zh, en := l.Words()
	return words{zh, en}
}
