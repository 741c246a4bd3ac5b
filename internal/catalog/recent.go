package catalog

import (
	"sync"

	"github.com/tongban/tongban/internal/db"
)

// itemAge is how long another node's change of an item may stay unseen, in
// micros. Changes made by this process show at once.
const itemAge = 1_000_000

// recentItems keeps items for a moment: a guide and a submission ask for the
// same few over and over. When full it starts over.
type recentItems struct {
	mu      sync.Mutex
	changes int64 // of items, by this process
	m       map[itemKey]recentItem
}

// itemKey is a code, or an id.
type itemKey struct {
	code string
	id   int64
}

type recentItem struct {
	item Item
	at   int64 // when it was read, micros
}

const maxRecentItems = 4096

// get gives a copy of an item that was read a moment ago, else read's.
func (c *recentItems) get(key itemKey, now int64, read func() (*Item, error)) (*Item, error) {
	c.mu.Lock()
	r, ok := c.m[key]
	changes := c.changes
	c.mu.Unlock()
	if age := now - r.at; ok && age >= 0 && age < itemAge {
		return &r.item, nil
	}
	it, err := read()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != changes {
		return it, nil // it may have been read before the change
	}
	if c.m == nil || len(c.m) >= maxRecentItems {
		c.m = map[itemKey]recentItem{}
	}
	c.m[key] = recentItem{*it, now}
	return it, nil
}

// changed forgets all items once the act that changes one is committed.
func (c *recentItems) changed(tx *db.Tx) {
	tx.OnCommit(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.changes++
		c.m = nil
	})
}
