package journey

import "testing"

// TestJourneys goes through the sample city on both engines at the same time,
// then looks at what is left on disk.
func TestJourneys(t *testing.T) {
	l := newLook(t)
	l.secrets = numbers(t)
	t.Run("engines", func(t *testing.T) {
		for _, engine := range []string{sqlite, postgres} {
			t.Run(engine, func(t *testing.T) {
				t.Parallel()
				c := found(t, engine)
				t.Run("people", func(t *testing.T) {
					for _, j := range journeys {
						if j.on == engine || j.on == both {
							t.Run(j.name, func(t *testing.T) {
								t.Parallel()
								j.take(t, l, c)
							})
						}
					}
				})
				for _, j := range afterwards {
					if j.on == engine || j.on == both {
						t.Run(j.name, func(t *testing.T) { j.take(t, l, c) })
					}
				}
				t.Run("audit", func(t *testing.T) { sound(t, c) })
				c.stop(t)
				t.Run("disk", func(t *testing.T) { sealed(t, c); sound(t, c) })
			})
		}
	})
	t.Run("every page", l.routes.complete)
	t.Logf("%d looks at %d kinds of pages with axe-core", l.axed, len(l.held))
}

// The engines. Pages do not depend on where the data are, so each engine has its
// own people: those on SQLite have scripts, those on PostgreSQL all but one do
// without. Every step is taken on both.
const (
	sqlite   = "sqlite"
	postgres = "postgres"
	both     = "both"
)

type journey struct {
	name string
	on   string
	take func(t *testing.T, l *look, c *city)
}

// journeys are taken side by side; the longest begin.
var journeys = []journey{
	{"food", sqlite, func(t *testing.T, l *look, c *city) { food(t, l, c, desktop, liangxi, kitchen, false) }},
	{"food without scripts", postgres, func(t *testing.T, l *look, c *city) { food(t, l, c, still, binhu, smart, false) }},
	{"food on a phone, by post", postgres, func(t *testing.T, l *look, c *city) { food(t, l, c, phone, liangxi, noodles, true) }},
	{"road", sqlite, func(t *testing.T, l *look, c *city) { road(t, l, c, desktop) }},
	{"road without scripts", postgres, func(t *testing.T, l *look, c *city) { road(t, l, c, still) }},
	{"marriage on a phone", sqlite, func(t *testing.T, l *look, c *city) { marriage(t, l, c, phone) }},
	{"marriage without scripts", postgres, func(t *testing.T, l *look, c *city) { marriage(t, l, c, still) }},
	{"window", sqlite, func(t *testing.T, l *look, c *city) { window(t, l, c, desktop) }},
	{"window without scripts", postgres, func(t *testing.T, l *look, c *city) { window(t, l, c, still) }},
	{"bench by keyboard", sqlite, bench},
	{"assistance", sqlite, assistance},
	{"consultation", sqlite, func(t *testing.T, l *look, c *city) { consultation(t, l, c, desktop) }},
	{"consultation without scripts", postgres, func(t *testing.T, l *look, c *city) { consultation(t, l, c, still) }},
	{"item", sqlite, func(t *testing.T, l *look, c *city) { item(t, l, c, desktop) }},
	{"item without scripts", postgres, func(t *testing.T, l *look, c *city) { item(t, l, c, still) }},
	{"card", sqlite, card},
	{"instant", sqlite, instant},
	{"instant, explained", sqlite, explained},
	{"api", both, programmatic},
	{"api road", both, programmaticRoad},
	{"left open", sqlite, open},
	{"tour", sqlite, tour},
	{"decisions made public", sqlite, publicised},
}

// afterwards are the journeys that look at what all others did.
var afterwards = []journey{
	{"overview", sqlite, func(t *testing.T, l *look, c *city) { overview(t, l, c, desktop) }},
	{"overview on a phone", sqlite, func(t *testing.T, l *look, c *city) { overview(t, l, c, phone) }},
	{"overview without scripts", postgres, func(t *testing.T, l *look, c *city) { overview(t, l, c, still) }},
	{"later", sqlite, later},
	{"database away", postgres, away},
}
