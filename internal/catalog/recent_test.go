package catalog

import (
	"errors"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
)

func TestItem_of_another_node(t *testing.T) {
	onShelf(t, func(t *testing.T, s *shelf) {
		ctx := t.Context()
		code := s.publish(def(99001, sound("老年人优待证", "20"), "lx"))[0]
		other := New(Config{DB: s.d, Identity: s.ids})
		state := func(who string, c *Service) ItemState {
			t.Helper()
			it, err := c.Item(ctx, code)
			s.must(err)
			byID, err := c.ItemByID(ctx, it.ID)
			s.must(err)
			if byID.State != it.State {
				t.Errorf("%s: %s by its code, %s by its id", who, it.State, byID.State)
			}
			it.State = "changed by the caller"
			return byID.State
		}
		state("this node", s.Service)
		state("the other", other)
		asked := 0
		s.d.Trace(func(string, string, []any) { asked++ })
		if got := state("the other", other); got != InUse || asked != 0 {
			t.Errorf("a moment later: %s after %d questions", got, asked)
		}
		s.d.Trace(nil)
		s.must(s.SetState(ctx, actor.Platform(), code, Paused))
		if got := state("this node", s.Service); got != Paused {
			t.Errorf("its own change shows as %s", got)
		}
		s.clk.Add(time.Second)
		if got := state("the other", other); got != Paused {
			t.Errorf("after a second the other node sees %s", got)
		}
		if _, err := other.Item(ctx, "no such code"); !errors.Is(err, ErrNoItem) {
			t.Errorf("%v", err)
		}
	})
}
