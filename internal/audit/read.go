package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

const (
	columns    = `id, coalesce(position, -1), erased_at, body, coalesce(personal, '')`
	sqlEntries = `SELECT ` + columns + ` FROM audit_record WHERE subject = $1 AND id > $2 ORDER BY id LIMIT $3`
	sqlFeed    = `SELECT ` + columns + ` FROM audit_record WHERE position < $1
		AND (CAST($2 AS TEXT) = '' OR act = $2) AND (CAST($3 AS TEXT) = '' OR outcome = $3)
		AND (CAST($4 AS TEXT) = '' OR (actor_kind = $4 AND actor_id = $5))
		AND at >= $6 AND at < $7 ORDER BY position DESC LIMIT $8`
)

// Entries lists what was done to a subject, oldest first, from behind the id
// after (0: from the start). The newest are there as soon as they are committed.
func Entries(q db.Queryer, subject string, after int64, limit int) ([]Entry, error) {
	return db.All(q, scan, sqlEntries, subject, after, limit)
}

// Filter narrows a feed; zero fields do not.
type Filter struct {
	Act, Outcome string
	ActorKind    actor.Kind // with ActorID
	ActorID      int64
	From, To     time.Time // From ≤ at < To
}

// Feed lists the log for audit administrators (审计管理员), newest first, from
// before the position before (0: from the newest). Records enter it when
// they have got their position, a second or so after their commit.
func Feed(q db.Queryer, f Filter, before int64, limit int) ([]Entry, error) {
	const end = 1<<63 - 1
	if before <= 0 {
		before = end
	}
	to := int64(end)
	if !f.To.IsZero() {
		to = db.Micros(f.To)
	}
	return db.All(q, scan, sqlFeed, before, f.Act, f.Outcome, f.ActorKind, f.ActorID, db.Micros(f.From), to, limit)
}

func scan(rows *db.Rows) (e Entry, err error) {
	var text, private string
	var erasedAt int64
	if err := rows.Scan(&e.ID, &e.Position, &erasedAt, &text, &private); err != nil {
		return e, err
	}
	var b body
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return e, fmt.Errorf("audit: record %d cannot be read: %w", e.ID, err)
	}
	var p personal
	if private != "" {
		if err := json.Unmarshal([]byte(private), &p); err != nil {
			return e, fmt.Errorf("audit: record %d cannot be read: %w", e.ID, err)
		}
	}
	a := b.Actor
	e.Record = Record{
		Actor: actor.Actor{
			Kind: a.Kind, ID: a.ID, Name: p.Name, For: actor.Party{Kind: a.ForKind, ID: a.ForID, Name: p.ForName},
			Mandate: a.Mandate, Unit: a.Unit, Channel: a.Channel, Purpose: a.Purpose, IP: p.IP, Session: a.Session,
		},
		Act: b.Act, Subject: b.Subject, Unit: b.Unit, Detail: b.Detail, Outcome: b.Outcome,
	}
	e.At, e.Erased = db.Time(b.At), erasedAt != 0
	return e, nil
}
