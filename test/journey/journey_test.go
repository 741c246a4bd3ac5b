package journey

import "testing"

func TestJourneys(t *testing.T) {
	l := newLook(t)
	for _, engine := range []string{"sqlite"} {
		t.Run(engine, func(t *testing.T) {
			c := found(t, engine)
			t.Run("food", func(t *testing.T) { food(t, l, c, desktop, liangxi, kitchen) })
		})
	}
}
