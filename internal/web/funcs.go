package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/form"
)

// funcs are what templates may call; words follow lang.
func (rt *Renderer) funcs(lang string) template.FuncMap {
	en := lang == langEN
	tr := Page{Lang: lang}.Tr
	return template.FuncMap{
		"tr":       tr,
		"date":     func(t time.Time) string { return dateOf(t, en) },
		"datetime": func(t time.Time) string { return dateTime(t, en) },
		"monthday": func(t time.Time) string { return monthDay(t, en) },
		"isodate":  func(t time.Time) string { return inShanghai(t).Format(time.RFC3339) },
		"hhmm":     func(t time.Time) string { return inShanghai(t).Format("15:04") },
		"workdays": func(n int) string {
			if n == 1 {
				return tr("1 个工作日", "1 working day")
			}
			return tr(fmt.Sprintf("%d 个工作日", n), fmt.Sprintf("%d working days", n))
		},
		"yuan":  Yuan,
		"size":  Size,
		"mask":  form.Mask,
		"asset": rt.assets.url,
		"icon":  icon,
		"link":  WithQuery,
		"tag":   func(tone Tone, text string) Tag { return Tag{tone, text} },
		"known": func(t time.Time) bool { return !t.IsZero() },
	}
}

// inShanghai is the zone of every date on a page; it has no summer time.
func inShanghai(t time.Time) time.Time { return t.In(time.FixedZone("CST", 8*3600)) }

func dateOf(t time.Time, en bool) string {
	if t.IsZero() {
		return "—"
	}
	if en {
		return inShanghai(t).Format("2 January 2006")
	}
	return inShanghai(t).Format("2006年1月2日")
}

func dateTime(t time.Time, en bool) string {
	if t.IsZero() {
		return "—"
	}
	return dateOf(t, en) + " " + inShanghai(t).Format("15:04")
}

func monthDay(t time.Time, en bool) string {
	if t.IsZero() {
		return "—"
	}
	if en {
		return inShanghai(t).Format("2 January")
	}
	return inShanghai(t).Format("1月2日")
}

// Yuan writes fen as 元 with two decimals and thousands apart: "1,234.50".
func Yuan(fen int64) string {
	sign := ""
	u := uint64(fen)
	if fen < 0 {
		sign, u = "-", -u
	}
	whole := strconv.FormatUint(u/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("%s%s.%02d", sign, whole, u%100)
}

// Size writes bytes for people: "1.4 MB".
func Size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt((n+512)>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// WithQuery gives path (which may have a query) with parameters set in pairs;
// an empty value takes the parameter away. Changing anything but the cursor
// takes the cursor ("after", "before") away, so a new filter starts at the top.
func WithQuery(path string, pairs ...string) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("WithQuery: odd number of words for %s", path)
	}
	u, err := url.Parse(path)
	if err != nil {
		return "", fmt.Errorf("WithQuery: %w", err)
	}
	q := u.Query()
	q.Del("after")
	q.Del("before")
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
