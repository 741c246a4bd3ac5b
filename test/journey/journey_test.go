package journey

import "testing"

func TestJourneys(t *testing.T) {
	l := newLook(t)
	for _, engine := range []string{"sqlite"} {
		t.Run(engine, func(t *testing.T) {
			c := found(t, engine)
			t.Run("people", func(t *testing.T) {
				for name, go1 := range map[string]func(*testing.T, *look, *city){"road": road, "card": card, "marriage": marriage, "instant": instant, "overview": overview} {
					t.Run(name, func(t *testing.T) { t.Parallel(); go1(t, l, c) })
				}
				t.Run("food", func(t *testing.T) { t.Parallel(); food(t, l, c, desktop, liangxi, kitchen) })
			})
		})
	}
}
