package db

import "sync"

// serialBlock is how many numbers an act fetches when the store of a series is
// empty: one write to the series' row per that many numbers.
const serialBlock = 32

// serialSeries bounds how many series keep numbers in memory; what is dropped
// leaves a gap.
const serialSeries = 4096

const sqlSerial = `INSERT INTO serial (name, next) VALUES ($1, $2)
	ON CONFLICT (name) DO UPDATE SET next = serial.next + $3 RETURNING next`

// Serial gives the next number of a named series, from 1. Numbers are fetched
// in blocks, so that acts do not queue for one row: gaps are allowed and the
// order of numbers is not the order of acts, but no number is given twice.
//
// An act that fetches a block publishes the rest of it when it commits; one
// that fails keeps nothing, and the numbers it took from a published block are
// lost.
func (tx *Tx) Serial(name string) (int64, error) {
	pool := &tx.d.serials
	if n, ok := pool.take(name); ok {
		return n, nil
	}
	var next int64
	if err := tx.QueryRow(sqlSerial, name, int64(serialBlock)+1, int64(serialBlock)).Scan(&next); err != nil {
		return 0, err
	}
	first := next - serialBlock
	tx.OnCommit(func() { pool.give(name, first+1, next) })
	return first, nil
}

// serialPool holds numbers [at, end) of series that were fetched and not used.
type serialPool struct {
	mu sync.Mutex
	m  map[string][]serialRange
}

type serialRange struct{ at, end int64 }

func (p *serialPool) take(name string) (int64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.m[name]
	if len(list) == 0 {
		return 0, false
	}
	n := list[0].at
	if list[0].at++; list[0].at == list[0].end {
		list = list[1:]
	}
	if len(list) == 0 {
		delete(p.m, name)
	} else {
		p.m[name] = list
	}
	return n, true
}

func (p *serialPool) give(name string, at, end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.m == nil || len(p.m) >= serialSeries {
		p.m = make(map[string][]serialRange)
	}
	p.m[name] = append(p.m[name], serialRange{at, end})
}
