package portal

import (
	"net/http"
	"sync"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// guideCache keeps drawn guide pages for visitors. They are true for one state
// of the catalogue, the directory and the centres; when one is another, all are
// dropped. A publication here shows with the next request, one on another node
// as soon as this one knows of it (catalog.Index, at most a second).
type guideCache struct {
	mu    sync.RWMutex
	state state
	pages map[guideKey]*web.Body
	size  int // bytes in pages
	most  int // bytes; 0: guideCacheMost
}

// state is what a page was drawn from. All are snapshots that are the same as
// long as nothing changed.
type state struct {
	index  *catalog.Index
	dir    *identity.Directory
	places *channel.Places
}

type guideKey struct {
	code, lang string
	elder      bool
}

// guideCacheMost bounds the memory of kept pages: some 1,500 lists in all modes.
const guideCacheMost = 64 << 20

// visitorKey names the page if it is the same for every visitor.
func visitorKey(r *http.Request, pg *web.Page, code string) (guideKey, bool) {
	k := guideKey{code, pg.Lang, pg.Elder}
	return k, pg.Actor.Kind == actor.Anonymous && pg.Flash.Text == "" && r.RequestURI == "/items/"+code
}

func (c *guideCache) get(now state, k guideKey) *web.Body {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.state != now {
		return nil
	}
	return c.pages[k]
}

// put keeps a page that was drawn after now was read. When there is no more
// room, others go, whichever come first.
func (c *guideCache) put(now state, k guideKey, b *web.Body) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != now {
		if c.state.index != nil && c.state.index.Version > now.index.Version {
			return // somebody drew from a newer one
		}
		c.state, c.pages, c.size = now, map[guideKey]*web.Body{}, 0
	}
	most := c.most
	if most == 0 {
		most = guideCacheMost
	}
	if old := c.pages[k]; old != nil {
		c.size -= old.Size()
	}
	c.pages[k] = b
	c.size += b.Size()
	for other, page := range c.pages {
		if c.size <= most || other == k {
			continue
		}
		c.size -= page.Size()
		delete(c.pages, other)
	}
}
