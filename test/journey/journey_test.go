package journey

import "testing"

// TestJourneys goes through the sample city on both engines, then looks at what
// is left on disk.
func TestJourneys(t *testing.T) {
	l := newLook(t)
	l.secrets = numbers(t)
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			c := found(t, engine)
			t.Run("people", func(t *testing.T) {
				for _, j := range journeys {
					t.Run(j.name, func(t *testing.T) {
						t.Parallel()
						j.take(t, l, c)
					})
				}
			})
			t.Run("overview", func(t *testing.T) { overview(t, l, c) })
			if engine == "sqlite" { // pages do not depend on where the data are
				t.Run("left open", func(t *testing.T) { open(t, l, c) })
				t.Run("tour", func(t *testing.T) { tour(t, l, c) })
				t.Run("accessible", func(t *testing.T) { l.accessible(t) })
			}
			t.Run("audit", func(t *testing.T) { sound(t, c) })
			c.stop(t)
			t.Run("disk", func(t *testing.T) { sealed(t, c); sound(t, c) })
		})
	}
}

var journeys = []struct {
	name string
	take func(t *testing.T, l *look, c *city)
}{
	{"food", func(t *testing.T, l *look, c *city) { food(t, l, c, desktop, liangxi, kitchen) }},
	{"food without scripts", func(t *testing.T, l *look, c *city) { food(t, l, c, still, binhu, smart) }},
	{"food on a phone", func(t *testing.T, l *look, c *city) { food(t, l, c, phone, jiangyin, noodles) }},
	{"road", road},
	{"card", card},
	{"marriage", marriage},
	{"instant", instant},
	{"api", programmatic},
	{"window", window},
}
