package db

import "strconv"

// Once 幂等 makes an act happen once for the key that a request brought; gate
// makes it, and the act that it belongs to claims and records it.
type Once interface {
	// Claim tells what the same key led to before, "" if it is new.
	Claim(tx *Tx) (prior string, err error)
	// Record keeps the result's key in the act's own transaction.
	Record(tx *Tx, resultKey string)
}

// Claim is the first thing in an act whose result has an id: prior is the id
// that the same key led to before, 0 if it is new or the request brought none.
func (tx *Tx) Claim(o Once) (prior int64, err error) {
	if o == nil {
		return 0, nil
	}
	key, err := o.Claim(tx)
	if err != nil || key == "" {
		return 0, err
	}
	return strconv.ParseInt(key, 10, 64)
}

// Record is the last thing in an act that claimed a key.
func (tx *Tx) Record(o Once, id int64) {
	if o != nil {
		o.Record(tx, strconv.FormatInt(id, 10))
	}
}
