package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

const (
	sqlExtract = `SELECT coalesce(position, -1), act, at, body, leaf FROM audit_record WHERE subject = $1 AND at <= $2 AND act <> $3 ORDER BY id LIMIT 2000`
	// The first checkpoint that covers a record stays the same for ever.
	sqlCovering = `SELECT size, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT 1`
)

// ErrNotSealed says that records have not got their place in the log, or no
// checkpoint covers them yet: a matter of a second or two.
var ErrNotSealed = errs.New(errs.Conflict, "audit-not-sealed", "审计日志正在固定，请过几秒再试。", "The audit log is being sealed; try again in a few seconds.")

// Extract 日志证明 is the records of one subject with their proofs: each is in
// the log whose state the checkpoint signs. The same subject and instant give
// the same extract at any time.
type Extract struct {
	Checkpoint string   `json:"checkpoint"` // signed note: the first one that covers all records
	Records    []Proven `json:"records"`
}

// Proven is a record with its way to the root.
type Proven struct {
	Position int64       `json:"position"`
	Leaf     string      `json:"leaf"`           // SM3 of Body, hexadecimal
	Body     string      `json:"body,omitempty"` // the canonical record; "" when it is withheld and only its place is proven
	Proof    []tlog.Hash `json:"proof"`          // RFC 6962 inclusion proof, base64
}

// Prove takes out what was recorded about a subject up to an instant, records of
// the act except aside (the taking out itself). show says which acts' records
// are given in full; others are given by their leaf alone.
func Prove(q db.Queryer, subject string, until time.Time, except string, show func(act string) bool) (x Extract, err error) {
	type row struct {
		position, at int64
		act, body    string
		leaf         []byte
	}
	rows, err := db.All(q, func(r *db.Rows) (o row, err error) { return o, r.Scan(&o.position, &o.act, &o.at, &o.body, &o.leaf) },
		sqlExtract, subject, db.Micros(until), except)
	if err != nil {
		return x, err
	}
	x.Records = []Proven{}
	last := int64(-1)
	for _, r := range rows {
		if r.position < 0 {
			return Extract{}, ErrNotSealed
		}
		last = max(last, r.position)
	}
	if last < 0 {
		return x, nil
	}
	var size int64
	if err := q.QueryRow(sqlCovering, last).Scan(&size, &x.Checkpoint); err != nil {
		if errors.Is(err, db.ErrNoRows) {
			return Extract{}, ErrNotSealed
		}
		return Extract{}, err
	}
	t := newTree(q, size)
	for _, r := range rows {
		proof, err := tlog.ProveRecord(size, r.position, t)
		if err != nil {
			return Extract{}, fmt.Errorf("audit: proof of position %d: %w", r.position, err)
		}
		p := Proven{Position: r.position, Leaf: fmt.Sprintf("%x", r.leaf), Proof: proof}
		if p.Proof == nil {
			p.Proof = []tlog.Hash{}
		}
		if show(r.act) {
			p.Body = r.body
		}
		x.Records = append(x.Records, p)
	}
	return x, nil
}

// ProvenAct is what a record that an extract gives in full says.
type ProvenAct struct {
	Act, Subject, Outcome string
	At                    time.Time
	Detail                map[string]string
}

// Acts is what the records given in full say, without a proof.
func (x Extract) Acts() (acts []ProvenAct) {
	for _, r := range x.Records {
		if a, err := r.act(); err == nil && r.Body != "" {
			acts = append(acts, a)
		}
	}
	return acts
}

func (r Proven) act() (ProvenAct, error) {
	var b body
	if r.Body == "" {
		return ProvenAct{}, nil
	}
	err := json.Unmarshal([]byte(r.Body), &b)
	return ProvenAct{Act: b.Act, Subject: b.Subject, Outcome: b.Outcome, At: db.Time(b.At), Detail: b.Detail}, err
}

// Check proves every record of an extract against the checkpoint, and the
// checkpoint against the keys, and gives what the full ones say, in order. It
// asks nobody.
func (x Extract) Check(k Keys) (c Checkpoint, acts []ProvenAct, err error) {
	if c, err = k.Open(x.Checkpoint); err != nil {
		return c, nil, fmt.Errorf("checkpoint: %w", err)
	}
	for _, r := range x.Records {
		leaf := make([]byte, 0, 32)
		if _, err := fmt.Sscanf(r.Leaf, "%x", &leaf); err != nil || len(leaf) != 32 {
			return c, nil, fmt.Errorf("position %d: the leaf is no hash", r.Position)
		}
		if r.Position < 0 || r.Position >= c.Size {
			return c, nil, fmt.Errorf("position %d is not below %d", r.Position, c.Size)
		}
		if err := tlog.CheckRecord(r.Proof, c.Size, c.Root, r.Position, tlog.RecordHash(leaf)); err != nil {
			return c, nil, fmt.Errorf("position %d is not in the log: %w", r.Position, err)
		}
		if r.Body == "" {
			continue
		}
		if h := sm.SM3([]byte(r.Body)); !bytes.Equal(h[:], leaf) {
			return c, nil, fmt.Errorf("position %d: the text does not fit its leaf", r.Position)
		}
		act, err := r.act()
		if err != nil {
			return c, nil, fmt.Errorf("position %d: %w", r.Position, err)
		}
		acts = append(acts, act)
	}
	return c, acts, nil
}
