package db

import "strconv"

// Once 幂等 makes an act happen once for the key that a request brought; gate
// makes it. There are two ways to use it. An act whose result's key is known
// before it begins, and that has to be cheap, only claims, and asks what came
// before when it has failed. Others hold the key first and keep it at the end.
type Once interface {
	// Claim keeps the result's key in the act's own transaction; the act fails
	// if the same key led to something before.
	Claim(tx *Tx, result string)
	// Prior tells what the same key led to before, "" if nothing.
	Prior(q Queryer) (result string, err error)

	// Hold is the first thing in an act: what the same key led to before, "" if
	// it is new. Another act with the same key waits here for the end of this one.
	Hold(tx *Tx) (prior string, err error)
	// Keep is the last thing in an act that holds the key.
	Keep(tx *Tx, result string)
}

// Claim is the first thing in an act whose result has an id: prior is the id
// that the same key led to before, 0 if it is new or the request brought none.
func (tx *Tx) Claim(o Once) (prior int64, err error) {
	if o == nil {
		return 0, nil
	}
	key, err := o.Hold(tx)
	if err != nil || key == "" {
		return 0, err
	}
	return strconv.ParseInt(key, 10, 64)
}

// Record is the last thing in an act that claimed a key.
func (tx *Tx) Record(o Once, id int64) {
	if o != nil {
		o.Keep(tx, strconv.FormatInt(id, 10))
	}
}
