package form

import (
	"container/list"
	"crypto/sha256"
	"sync"
)

// Cache keeps compiled forms by the hash of their text and of the data elements
// the text refers to, the least recently used going first. Safe for concurrent use.
type Cache struct {
	formats Formats
	size    int

	mu    sync.Mutex
	order *list.List // of *entry, newest first
	byKey map[[sha256.Size]byte]*list.Element
}

type entry struct {
	key  [sha256.Size]byte
	form *Form
}

// NewCache makes a cache of at most size forms (at least one), all compiled
// with the same formats.
func NewCache(size int, formats Formats) *Cache {
	return &Cache{formats: formats, size: max(size, 1), order: list.New(), byKey: map[[sha256.Size]byte]*list.Element{}}
}

// Get compiles schema, or hands out what an equal call compiled before. Errors
// are those of Compile and are not kept.
func (c *Cache) Get(schema []byte, elements Elements) (*Form, error) {
	key := cacheKey(schema, elements)
	c.mu.Lock()
	if e, ok := c.byKey[key]; ok {
		c.order.MoveToFront(e)
		f := e.Value.(*entry).form
		c.mu.Unlock()
		return f, nil
	}
	c.mu.Unlock()
	f, err := Compile(schema, elements, c.formats)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok { // compiled by another meanwhile
		return e.Value.(*entry).form, nil
	}
	c.byKey[key] = c.order.PushFront(&entry{key, f})
	for c.order.Len() > c.size {
		last := c.order.Back()
		c.order.Remove(last)
		delete(c.byKey, last.Value.(*entry).key)
	}
	return f, nil
}

// Len is the number of forms kept.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}

// cacheKey hashes the text and the whole catalogue given: a catalogue is small
// beside a compilation, and reading the references would cost as much.
func cacheKey(schema []byte, elements Elements) [sha256.Size]byte {
	h := sha256.New()
	part := func(b []byte) {
		var n [8]byte
		for i, l := 0, len(b); i < 8; i++ {
			n[i] = byte(l >> (8 * i))
		}
		h.Write(n[:])
		h.Write(b)
	}
	part(schema)
	if elements != nil {
		part([]byte("elements"))
	}
	for _, code := range sortedKeys(elements) {
		part([]byte(code))
		part(elements[code])
	}
	return [sha256.Size]byte(h.Sum(nil))
}
