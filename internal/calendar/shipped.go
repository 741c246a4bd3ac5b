package calendar

import (
	"embed"
	"fmt"

	"github.com/tongban/tongban/internal/clock"
)

//go:embed data/*.json
var data embed.FS

// shippedNotices are the notices that come with the program, by year: those of
// 2022 to 2026, and the statutory days of later years as a projection.
func shippedNotices() ([]Notice, error) {
	files, err := data.ReadDir("data")
	if err != nil {
		return nil, fmt.Errorf("calendar: shipped data: %w", err)
	}
	var out []Notice
	for _, f := range files { // by name, which is the year
		text, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("calendar: shipped data: %w", err)
		}
		n, err := ParseNotice(text)
		if err != nil {
			return nil, fmt.Errorf("calendar: shipped data %s: %w", f.Name(), err)
		}
		out = append(out, n)
	}
	return merge(nil, out)
}

// ShippedEdition is the edition id of Shipped; stored editions have others.
const ShippedEdition = "shipped"

// ShippedWith is Shipped with notices that came later laid over it.
func ShippedWith(notices ...Notice) (clock.Calendar, error) {
	shipped, err := shippedNotices()
	if err != nil {
		return clock.Calendar{}, err
	}
	all, err := merge(shipped, notices)
	if err != nil {
		return clock.Calendar{}, err
	}
	return clock.New(spec(ShippedEdition, all))
}

// Shipped is the calendar that comes with the program, for commands that work
// without a database.
func Shipped() (clock.Calendar, error) {
	notices, err := shippedNotices()
	if err != nil {
		return clock.Calendar{}, err
	}
	return clock.New(spec(ShippedEdition, notices))
}
