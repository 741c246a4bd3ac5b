package audit

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/sm"
)

// Record 审计记录 says who did what to what.
type Record struct {
	Actor   actor.Actor
	Act     string            // "case.accept", "identity.unmask"
	Subject string            // what it was done to: "case/NO"
	Unit    int64             // whose matter it is
	Detail  map[string]string // codes and numbers, no personal data
	Outcome string            // "done" (default), "denied", "failed", or a room's own word
}

// Entry is a stored record.
type Entry struct {
	Record         // the actor without grants; without names and address once erased
	ID       int64 // key
	At       time.Time
	Position int64 // in the log, from 0; -1 while it waits for one
	Erased   bool  // names and address were erased
}

// body is the canonical record; its JSON is hashed. Fields are only added, at
// the end and with omitempty.
type body struct {
	Version  int               `json:"v"`
	ID       int64             `json:"id"`
	At       int64             `json:"at"` // microseconds UTC
	Act      string            `json:"act"`
	Subject  string            `json:"subject"`
	Unit     int64             `json:"unit"`
	Outcome  string            `json:"outcome"`
	Actor    bodyActor         `json:"actor"`
	Detail   map[string]string `json:"detail,omitempty"`
	Personal string            `json:"personal"` // SM3(salt, personal part), hex
}

type bodyActor struct {
	Kind    actor.Kind      `json:"kind"`
	ID      int64           `json:"id"`
	Unit    int64           `json:"unit,omitempty"`
	ForKind actor.PartyKind `json:"forKind,omitempty"`
	ForID   int64           `json:"forId,omitempty"`
	Mandate int64           `json:"mandate,omitempty"`
	Channel actor.Channel   `json:"channel,omitempty"`
	Purpose string          `json:"purpose,omitempty"`
	Session int64           `json:"session,omitempty"`
}

// personal is what can be erased.
type personal struct {
	Name    string `json:"name,omitempty"`
	ForName string `json:"forName,omitempty"`
	IP      string `json:"ip,omitempty"`
}

const sqlAppend = `INSERT INTO audit_record (id, at, act, subject, unit, actor_kind, actor_id, outcome, body, personal, salt, leaf)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

// Append writes a record with the act of tx. An error also ends the act, so
// it may be ignored.
func Append(tx *db.Tx, r Record) error {
	salt := make([]byte, 16)
	rand.Read(salt)
	a := r.Actor
	p, err := json.Marshal(personal{a.Name, a.For.Name, a.IP})
	if err != nil {
		return fail(tx, err)
	}
	b := body{
		Version: 1, ID: tx.NewID(), At: tx.NowMicros(), Act: r.Act, Subject: r.Subject, Unit: r.Unit, Outcome: cmp.Or(r.Outcome, "done"),
		Actor:  bodyActor{a.Kind, a.ID, a.Unit, a.For.Kind, a.For.ID, a.Mandate, a.Channel, a.Purpose, a.Session},
		Detail: r.Detail, Personal: blind(salt, p),
	}
	text, err := json.Marshal(b)
	if err != nil {
		return fail(tx, err)
	}
	leaf := sm.SM3(text)
	tx.Queue(sqlAppend, b.ID, b.At, b.Act, b.Subject, b.Unit, a.Kind, a.ID, b.Outcome, string(text), string(p), salt, leaf[:])
	return tx.Err()
}

func fail(tx *db.Tx, err error) error {
	tx.Fail(errs.New(errs.Internal, "audit", "审计记录无法写入。", "The audit record could not be written.").Because(err))
	return tx.Err()
}

// blind is the hash that stands for the personal part.
func blind(salt, personal []byte) string {
	h := sm.SM3(salt, personal)
	return hex.EncodeToString(h[:])
}

const sqlErase = `UPDATE audit_record SET personal = NULL, salt = NULL, erased_at = $2 WHERE id = $1 AND erased_at = 0`

// ActErase is the act that Erase records; its subject is "audit/ID".
const ActErase = "audit.erase"

// ErrErased is for a record that does not exist or was erased before.
var ErrErased = errs.New(errs.Conflict, "audit-erased", "该记录不存在，或其中的个人信息已删除。", "There is no such record, or it was erased before.")

// Erase removes names and network address from a record (个人信息保护法 第四十七条)
// and records that. What was done, when and to what stays, and the log still verifies.
func Erase(tx *db.Tx, by actor.Actor, id int64, reason string) error {
	tx.QueueOne(ErrErased, sqlErase, id, tx.NowMicros())
	return Append(tx, Record{Actor: by, Act: ActErase, Subject: erased(id), Unit: by.Unit, Detail: map[string]string{"reason": reason}})
}
