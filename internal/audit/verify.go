package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/sm"
)

// Report 校验结果 is what Verify found.
type Report struct {
	Records     int64       // with a position, all checked
	Pending     int64       // committed, waiting for a position
	Erased      int64       // of the records: names and address erased
	Checkpoints int64       // checked
	Last        *Checkpoint // nil if there is none
	Fault       *Fault      // the first; nil: the log is sound
}

// Fault 异常 is the first thing that is not as it was signed.
type Fault struct {
	Position int64 // of the record or size of the checkpoint concerned; -1: none
	ZH, EN   string
}

func (f *Fault) Error() string { return f.EN }

const (
	sqlRecords = `SELECT position, id, at, act, subject, unit, actor_kind, actor_id, outcome, body, personal, salt, leaf, erased_at
		FROM audit_record WHERE position >= $1 AND position < $2 ORDER BY position LIMIT $3`
	sqlCheckpoints = `SELECT size, at, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2`
	sqlPending     = `SELECT count(*) FROM audit_record WHERE position IS NULL`
	sqlErasure     = `SELECT count(*) FROM audit_record WHERE subject = $1 AND act = $2`
	verifyPage     = 1000
)

// Verify rebuilds the log from stored rows and checks every record, leaf, tile
// and checkpoint, and that copies of checkpoints kept elsewhere belong to this
// log. It only reads, and may run beside a working sealer. The error is for
// trouble with reading; what is wrong with the log is Report.Fault.
func Verify(ctx context.Context, d *db.DB, keys Keys, copies ...string) (Report, error) {
	return verify(d.Read(ctx), keys, copies...)
}

func verify(q db.Queryer, keys Keys, copies ...string) (Report, error) {
	v := &verifier{q: q, keys: keys, erased: map[int64]bool{}, asked: map[int64]bool{}}
	err := v.run(copies)
	if f, ok := errors.AsType[*Fault](err); ok {
		v.report.Fault = f
		return v.report, nil
	}
	return v.report, err
}

type verifier struct {
	q      db.Queryer
	keys   Keys
	report Report
	log    rebuilt
	before string         // note of the checkpoint before
	erased map[int64]bool // records whose personal part is gone
	asked  map[int64]bool // records that an erasure names
}

func fault(position int64, zh, en string, args ...any) error {
	return &Fault{position, fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

func (v *verifier) run(copies []string) error {
	// The newest checkpoint is read before the size: whatever it covers must exist.
	var signed, size int64
	var last string
	if err := v.q.QueryRow(sqlLast).Scan(&signed, &last); err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	if err := v.q.QueryRow(sqlSize).Scan(&size); err != nil {
		return err
	}
	if err := v.q.QueryRow(sqlPending).Scan(&v.report.Pending); err != nil {
		return err
	}
	kept := map[int64]Checkpoint{}
	for _, note := range copies {
		c, err := v.keys.Open(note)
		if err != nil {
			return fault(-1, "外部保存的检查点无法通过验签：%s。", "A checkpoint kept elsewhere does not verify: %s.", err)
		}
		kept[c.Size] = c
		if c.Size > size {
			return fault(size, "外部保存的检查点记有 %d 条记录，库中只有 %d 条：末尾的记录被删除。",
				"A checkpoint kept elsewhere covers %d records, the database has %d: the end was removed.", c.Size, size)
		}
	}
	signs := checkpoints{q: v.q}
	next, err := signs.next()
	if err != nil {
		return err
	}
	var pos int64
	for pos < size {
		rows, err := db.All(v.q, scanRow, sqlRecords, pos, size, verifyPage)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return gone(pos)
		}
		for _, r := range rows {
			if r.position != pos {
				return gone(pos)
			}
			if err := v.record(r); err != nil {
				return err
			}
			if err := v.log.add(v.q, tlog.RecordHash(r.leaf)); err != nil {
				return err
			}
			pos++
			v.report.Records = pos
			for next != nil && next.size <= pos {
				if err := v.checkpoint(*next); err != nil {
					return err
				}
				if next, err = signs.next(); err != nil {
					return err
				}
			}
			if c, ok := kept[pos]; ok && c.Root != v.log.root() {
				return fault(pos, "前 %d 条记录与外部保存的检查点不符：记录或检查点被改写。",
					"The first %d records differ from the checkpoint kept elsewhere: they were rewritten.", pos)
			}
		}
	}
	if signed > size {
		return fault(size, "检查点记有 %d 条记录，库中只有 %d 条：末尾的记录被删除。",
			"A checkpoint covers %d records, the database has %d: the end was removed.", signed, size)
	}
	if err := v.log.check(v.q); err != nil {
		return err
	}
	for id := range v.erased {
		if v.asked[id] {
			continue
		}
		var n int // it may have been erased while we read
		if err := v.q.QueryRow(sqlErasure, erased(id), ActErase).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return fault(-1, "记录 %d 的个人信息被删除，但没有相应的删除记录。", "The personal part of record %d was erased without a record of that.", id)
		}
	}
	return nil
}

func gone(pos int64) error {
	return fault(pos, "第 %d 号位置的记录不见了：被删除或被移动。", "The record at position %d is missing: it was removed or moved.", pos)
}

type row struct {
	position, id, at, unit, actorID, erasedAt int64
	act, subject, actorKind, outcome, body    string
	personal                                  *string
	salt, leaf                                []byte
}

func scanRow(rows *db.Rows) (r row, err error) {
	return r, rows.Scan(&r.position, &r.id, &r.at, &r.act, &r.subject, &r.unit, &r.actorKind, &r.actorID, &r.outcome, &r.body,
		&r.personal, &r.salt, &r.leaf, &r.erasedAt)
}

// record checks that a row agrees with itself.
func (v *verifier) record(r row) error {
	changed := func(zh, en string) error {
		return fault(r.position, "第 %d 号位置的记录被改动："+zh+"。", "The record at position %d was changed: "+en+".", r.position)
	}
	if h := sm.SM3([]byte(r.body)); !bytes.Equal(h[:], r.leaf) {
		return changed("正文与哈希不符", "its text does not fit its hash")
	}
	var b body
	if err := json.Unmarshal([]byte(r.body), &b); err != nil {
		return changed("正文无法读取", "its text cannot be read")
	}
	if b.ID != r.id || b.At != r.at || b.Act != r.act || b.Subject != r.subject || b.Unit != r.unit ||
		string(b.Actor.Kind) != r.actorKind || b.Actor.ID != r.actorID || b.Outcome != r.outcome {
		return changed("检索用的列与正文不符", "its columns do not fit its text")
	}
	switch {
	case r.erasedAt != 0 && r.personal == nil && r.salt == nil:
		v.report.Erased++
		v.erased[r.id] = true
	case r.erasedAt != 0 || r.personal == nil || blind(r.salt, []byte(*r.personal)) != b.Personal:
		return changed("姓名或网络地址被改动", "the names or the network address")
	}
	if b.Act == ActErase {
		if id, err := strconv.ParseInt(strings.TrimPrefix(b.Subject, "audit/"), 10, 64); err == nil {
			v.asked[id] = true
		}
	}
	return nil
}

// checkpoint checks the next checkpoint against the log rebuilt so far.
func (v *verifier) checkpoint(s signature) error {
	bad := func(zh, en string) error {
		return fault(s.size, "检查点（%d 条）"+zh+"。", "The checkpoint of size %d "+en+".", s.size)
	}
	if s.size < v.log.size {
		return bad("的次序不对", "is out of order")
	}
	c, err := v.keys.Open(s.note)
	switch {
	case err != nil:
		return bad("无法通过验签："+plain(err), "does not verify: "+plain(err))
	case c.Size != s.size || db.Micros(c.At) != s.at:
		return bad("与其签名的内容不符", "does not fit what was signed")
	case c.Before != noteHash(v.before):
		return bad("与前一个检查点不相接：其间的检查点被删除或替换", "does not follow the one before it: one was removed or replaced")
	case c.Root != v.log.root():
		if err := v.log.check(v.q); err != nil {
			return err // names the record
		}
		return bad("与库中的记录不符：记录被改写", "does not fit the records: they were rewritten")
	}
	v.before = s.note
	v.report.Checkpoints++
	v.report.Last = &c
	return nil
}

func plain(err error) string { return strings.ReplaceAll(err.Error(), "%", "%%") }

func erased(id int64) string { return "audit/" + strconv.FormatInt(id, 10) }
