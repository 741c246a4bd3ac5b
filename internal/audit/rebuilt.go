package audit

import (
	"bytes"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tongban/tongban/internal/db"
)

// rebuilt is the Merkle log as it follows from the records, grown leaf by
// leaf, and compared with the stored tiles as they fill.
type rebuilt struct {
	size     int64
	complete []*tlog.Hash // the complete subtree of each height at the right edge, nil if there is none
	tiles    []filling    // by level
}

type filling struct {
	n      int64
	hashes []byte
}

// add grows the log by a leaf.
func (b *rebuilt) add(q db.Queryer, h tlog.Hash) error {
	b.size++
	for height := 0; ; height++ {
		if height == len(b.complete) {
			b.complete = append(b.complete, nil)
		}
		if height%tileHeight == 0 {
			if err := b.fill(q, height/tileHeight, h); err != nil {
				return err
			}
		}
		if b.complete[height] == nil {
			b.complete[height] = &h
			return nil
		}
		h = tlog.NodeHash(*b.complete[height], h)
		b.complete[height] = nil
	}
}

// root is the root of the log as it is now.
func (b *rebuilt) root() (root tlog.Hash) {
	first := true
	for _, h := range b.complete {
		switch {
		case h == nil:
		case first:
			root, first = *h, false
		default:
			root = tlog.NodeHash(*h, root)
		}
	}
	return root
}

func (b *rebuilt) fill(q db.Queryer, level int, h tlog.Hash) error {
	if level == len(b.tiles) {
		b.tiles = append(b.tiles, filling{})
	}
	t := &b.tiles[level]
	t.hashes = append(t.hashes, h[:]...)
	if len(t.hashes) < tlog.HashSize<<tileHeight {
		return nil
	}
	err := compare(q, level, *t)
	t.n++
	t.hashes = t.hashes[:0]
	return err
}

// check compares the tiles that are still filling. The stored ones may have
// grown since.
func (b *rebuilt) check(q db.Queryer) error {
	for level, t := range b.tiles {
		if err := compare(q, level, t); err != nil {
			return err
		}
	}
	return nil
}

func compare(q db.Queryer, level int, t filling) error {
	if len(t.hashes) == 0 {
		return nil
	}
	var stored []byte
	if err := q.QueryRow(sqlTile, level, t.n).Scan(&stored); err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	for i := 0; i < len(t.hashes); i += tlog.HashSize {
		if i+tlog.HashSize <= len(stored) && bytes.Equal(stored[i:i+tlog.HashSize], t.hashes[i:i+tlog.HashSize]) {
			continue
		}
		at := t.n<<tileHeight + int64(i/tlog.HashSize)
		if level > 0 {
			return fault(at<<(tileHeight*level), "日志第 %d 层被改动。", "Level %d of the log was changed.", level)
		}
		return fault(at, "第 %d 号位置的记录与日志不符：其中之一被改动。", "The record at position %d and the log differ: one of them was changed.", at)
	}
	return nil
}

// signature is a stored checkpoint before it is checked.
type signature struct {
	size, at int64
	note     string
}

// checkpoints walks over the stored checkpoints.
type checkpoints struct {
	q    db.Queryer
	page []signature
	last int64
	end  bool
}

// next gives the next checkpoint, nil after the last.
func (c *checkpoints) next() (*signature, error) {
	if len(c.page) == 0 && !c.end {
		const size = 500
		if c.last == 0 {
			c.last = -1 << 62
		}
		var err error
		c.page, err = db.All(c.q, func(rows *db.Rows) (s signature, err error) { return s, rows.Scan(&s.size, &s.at, &s.note) },
			sqlCheckpoints, c.last, size)
		if err != nil {
			return nil, err
		}
		c.end = len(c.page) < size
	}
	if len(c.page) == 0 {
		return nil, nil
	}
	s := c.page[0]
	c.page = c.page[1:]
	c.last = s.size
	return &s, nil
}
