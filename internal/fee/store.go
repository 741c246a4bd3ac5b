package fee

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

const (
	billColumns = `id, no, case_id, case_no, item_name, party_kind, party_id, party_name, unit_id, receiving_unit_id, due, state, amount, reduced, lines, version, created_at, settled_at, pay_by`

	sqlInsertBill = `INSERT INTO fee_bill (` + billColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`
	sqlSaveBill   = `UPDATE fee_bill SET state = $3, reduced = $4, settled_at = $5, version = version + 1 WHERE id = $1 AND version = $2`
	sqlBillByNo   = `SELECT ` + billColumns + ` FROM fee_bill WHERE no = $1`
	sqlBillByID   = `SELECT ` + billColumns + ` FROM fee_bill WHERE id = $1`
	sqlBillsOf    = `SELECT ` + billColumns + ` FROM fee_bill WHERE case_id = $1 ORDER BY id LIMIT 50`
	sqlOpenBills  = `SELECT ` + billColumns + ` FROM fee_bill WHERE receiving_unit_id = $1 AND state = 'due' AND id > $2 ORDER BY id LIMIT $3`

	paymentColumns = `id, bill_id, order_no, provider, state, amount, received, refunded, surplus, method, pay_url, provider_ref, clerk_id, clerk_name, day, begun_at, paid_at`

	sqlInsertPayment  = `INSERT INTO fee_payment (` + paymentColumns + `) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, FALSE, $7, '', '', $8, $9, '', $10, 0) ON CONFLICT DO NOTHING`
	sqlSavePayment    = `UPDATE fee_payment SET state = $2, received = $3, surplus = $4, provider_ref = $5, day = $6, paid_at = $7 WHERE id = $1`
	sqlPlaced         = `UPDATE fee_payment SET pay_url = $2, provider_ref = $3 WHERE id = $1 AND state = 'begun'`
	sqlReserve        = `UPDATE fee_payment SET refunded = refunded + $2 WHERE id = $1 AND refunded + $2 <= received AND refunded + $2 >= 0`
	sqlPaymentByID    = `SELECT ` + paymentColumns + ` FROM fee_payment WHERE id = $1`
	sqlPaymentByOrder = `SELECT ` + paymentColumns + ` FROM fee_payment WHERE order_no = $1`
	sqlPaymentsOf     = `SELECT ` + paymentColumns + ` FROM fee_payment WHERE bill_id = $1 ORDER BY id LIMIT 200`
	sqlPaidOn         = `SELECT order_no, received FROM fee_payment WHERE provider = $1 AND day = $2 ORDER BY id LIMIT 1000000`

	reductionColumns   = `id, bill_id, amount, ground, state, asked_kind, asked_id, asked_name, decided_id, decided_name, reason, created_at, decided_at`
	sqlInsertReduction = `INSERT INTO fee_reduction (` + reductionColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $9, $10, 0)`
	sqlDecideReduction = `UPDATE fee_reduction SET state = $2, decided_id = $3, decided_name = $4, reason = $5, decided_at = $6 WHERE id = $1 AND state = 'asked'`
	sqlReductionsOf    = `SELECT ` + reductionColumns + ` FROM fee_reduction WHERE bill_id = $1 ORDER BY id LIMIT 50`

	refundColumns   = `id, no, bill_id, payment_id, provider, amount, cause, reason, state, asked_kind, asked_id, asked_name, decided_id, decided_name, answer, provider_ref, day, created_at, decided_at, done_at`
	sqlInsertRefund = `INSERT INTO fee_refund (` + refundColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, '', $13, '', '', $14, 0, 0)`
	sqlDecideRefund = `UPDATE fee_refund SET state = $3, decided_id = $4, decided_name = $5, answer = $6, decided_at = $7 WHERE id = $1 AND state = $2`
	sqlFailRefund   = `UPDATE fee_refund SET state = 'failed', answer = $2 WHERE id = $1 AND state = 'approved'`
	sqlDoneRefund   = `UPDATE fee_refund SET state = 'done', provider_ref = $2, day = $3, done_at = $4 WHERE id = $1 AND state = 'approved'`
	sqlRefundByNo   = `SELECT ` + refundColumns + ` FROM fee_refund WHERE no = $1`
	sqlRefundByID   = `SELECT ` + refundColumns + ` FROM fee_refund WHERE id = $1`
	sqlRefundsOf    = `SELECT ` + refundColumns + ` FROM fee_refund WHERE bill_id = $1 ORDER BY id LIMIT 200`
	sqlBackOn       = `SELECT no, amount FROM fee_refund WHERE provider = $1 AND day = $2 ORDER BY id LIMIT 1000000`
	// Bills that wait for somebody's decision, or for a clerk to hand money back.
	sqlWaiting = `SELECT ` + billColumns + ` FROM fee_bill WHERE id IN (
		SELECT bill_id FROM fee_refund WHERE state IN ('asked', 'approved', 'failed') UNION SELECT bill_id FROM fee_reduction WHERE state = 'asked') AND id > $1 ORDER BY id LIMIT $2`

	tillColumns  = `clerk_id, clerk_name, day, cash, pos, counted_cash, counted_pos, note, closed_at`
	sqlPutInTill = `INSERT INTO fee_till (clerk_id, day, clerk_name, unit_id, cash, pos, counted_cash, counted_pos, note, closed_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', 0)
		ON CONFLICT (clerk_id, day) DO UPDATE SET cash = fee_till.cash + excluded.cash, pos = fee_till.pos + excluded.pos WHERE fee_till.closed_at = 0`
	sqlOpenTill = `INSERT INTO fee_till (clerk_id, day, clerk_name, unit_id, cash, pos, counted_cash, counted_pos, note, closed_at) VALUES ($1, $2, $3, $4, 0, 0, 0, 0, '', 0)
		ON CONFLICT (clerk_id, day) DO NOTHING`
	sqlCloseTill = `UPDATE fee_till SET counted_cash = $5, counted_pos = $6, note = $7, closed_at = $8 WHERE clerk_id = $1 AND day = $2 AND cash = $3 AND pos = $4 AND closed_at = 0`
	sqlTill      = `SELECT ` + tillColumns + ` FROM fee_till WHERE clerk_id = $1 AND day = $2`
	sqlTillsOf   = `SELECT ` + tillColumns + ` FROM fee_till WHERE day = $1 ORDER BY clerk_id LIMIT 5000`

	sqlMatched = `INSERT INTO fee_matched (provider, day, at, ours_count, ours_sum, theirs_count, theirs_sum) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (provider, day) DO UPDATE SET at = excluded.at, ours_count = excluded.ours_count, ours_sum = excluded.ours_sum,
		theirs_count = excluded.theirs_count, theirs_sum = excluded.theirs_sum`
	sqlDays = `SELECT provider, day, at, ours_count, ours_sum, theirs_count, theirs_sum FROM fee_matched ORDER BY day DESC, provider LIMIT 60`

	differenceColumns     = `id, provider, day, kind, ref, ours, theirs, state, note, by_id, by_name, found_at, settled_at`
	sqlDiffer             = `INSERT INTO fee_difference (` + differenceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', '', 0, '', $8, 0) ON CONFLICT (provider, kind, ref) DO NOTHING`
	sqlSettle             = `UPDATE fee_difference SET state = 'settled', note = $2, by_id = $3, by_name = $4, settled_at = $5 WHERE id = $1 AND state = 'open'`
	sqlDifferencesOf      = `SELECT ` + differenceColumns + ` FROM fee_difference WHERE provider = $1 AND day = $2 ORDER BY id LIMIT 10000`
	sqlOpenDifferences    = `SELECT ` + differenceColumns + ` FROM fee_difference WHERE state = 'open' ORDER BY id LIMIT 500`
	sqlSettledDifferences = `SELECT ` + differenceColumns + ` FROM fee_difference WHERE state = 'settled' ORDER BY settled_at DESC LIMIT 50`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlInsertBill, sqlSaveBill, sqlBillByNo, sqlBillByID, sqlBillsOf, sqlOpenBills, sqlInsertPayment, sqlSavePayment, sqlPlaced, sqlReserve,
		sqlPaymentByID, sqlPaymentByOrder, sqlPaymentsOf, sqlPaidOn, sqlInsertReduction, sqlDecideReduction, sqlReductionsOf, sqlInsertRefund,
		sqlDecideRefund, sqlFailRefund, sqlDoneRefund, sqlRefundByNo, sqlRefundByID, sqlRefundsOf, sqlBackOn, sqlWaiting, sqlPutInTill, sqlOpenTill,
		sqlCloseTill, sqlTill, sqlTillsOf, sqlMatched, sqlDays, sqlDiffer, sqlSettle, sqlDifferencesOf, sqlOpenDifferences, sqlSettledDifferences, sqlCounted}
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return db.Micros(t)
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return db.Time(n)
}

func insertBill(tx *db.Tx, b *Bill) {
	lines, err := json.Marshal(b.Lines)
	if err != nil {
		tx.Fail(err)
		return
	}
	tx.Queue(sqlInsertBill, b.ID, b.No, b.CaseID, b.CaseNo, b.ItemName, string(b.Party.Kind), b.Party.ID, b.Party.Name, b.UnitID, b.ReceivingUnitID,
		string(b.Due), string(b.State), b.Amount, b.Reduced, string(lines), b.Version, micros(b.CreatedAt), micros(b.SettledAt), b.PayBy)
}

// saveBill stores a bill where the version is still the one that was read.
func saveBill(tx *db.Tx, b *Bill) {
	tx.QueueOne(ErrChanged, sqlSaveBill, b.ID, b.Version, string(b.State), b.Reduced, micros(b.SettledAt))
	b.Version++
}

func scanBill(r *db.Rows) (b Bill, err error) {
	var kind, lines string
	var created, settled int64
	if err = r.Scan(&b.ID, &b.No, &b.CaseID, &b.CaseNo, &b.ItemName, &kind, &b.Party.ID, &b.Party.Name, &b.UnitID, &b.ReceivingUnitID, &b.Due, &b.State,
		&b.Amount, &b.Reduced, &lines, &b.Version, &created, &settled, &b.PayBy); err != nil {
		return b, err
	}
	b.Party.Kind, b.CreatedAt, b.SettledAt = actor.PartyKind(kind), instant(created), instant(settled)
	if err := json.Unmarshal([]byte(lines), &b.Lines); err != nil {
		return b, fmt.Errorf("stored bill %s: %w", b.No, err)
	}
	return b, nil
}

// first gives the only row, or the error for none.
func first[T any](q db.Queryer, none error, scan func(*db.Rows) (T, error), sql string, args ...any) (*T, error) {
	list, err := db.All(q, scan, sql, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, none
	}
	return &list[0], nil
}

func billByNo(q db.Queryer, no string) (*Bill, error) {
	return first(q, ErrNoBill, scanBill, sqlBillByNo, no)
}

func billByID(q db.Queryer, id int64) (*Bill, error) {
	return first(q, ErrNoBill, scanBill, sqlBillByID, id)
}

func billsOf(q db.Queryer, caseID int64) ([]Bill, error) {
	return db.All(q, scanBill, sqlBillsOf, caseID)
}

// insertPayment: of two that begin to pay the same bill at once the second
// changes nothing and begins anew.
func insertPayment(tx *db.Tx, p *Payment) {
	tx.QueueOne(ErrChanged, sqlInsertPayment, p.ID, p.BillID, p.OrderNo, p.Provider, string(p.State), p.Amount, string(p.Method), p.ClerkID, p.ClerkName, micros(p.BegunAt))
}

func savePayment(tx *db.Tx, p *Payment) {
	tx.Queue(sqlSavePayment, p.ID, string(p.State), p.Received, p.Surplus, p.Ref, p.Day, micros(p.PaidAt))
}

func scanPayment(r *db.Rows) (p Payment, err error) {
	var begun, paid int64
	err = r.Scan(&p.ID, &p.BillID, &p.OrderNo, &p.Provider, &p.State, &p.Amount, &p.Received, &p.Refunded, &p.Surplus, &p.Method, &p.PayURL, &p.Ref,
		&p.ClerkID, &p.ClerkName, &p.Day, &begun, &paid)
	p.BegunAt, p.PaidAt = instant(begun), instant(paid)
	return p, err
}

func paymentByID(q db.Queryer, id int64) (*Payment, error) {
	return first(q, ErrNoBill, scanPayment, sqlPaymentByID, id)
}

func paymentByOrder(q db.Queryer, no string) (*Payment, error) {
	return first(q, ErrNoBill, scanPayment, sqlPaymentByOrder, no)
}

func paymentsOf(q db.Queryer, billID int64) ([]Payment, error) {
	return db.All(q, scanPayment, sqlPaymentsOf, billID)
}

func (s *Service) reductionsOf(q db.Queryer, billID int64) ([]Reduction, error) {
	return db.All(q, func(r *db.Rows) (x Reduction, err error) {
		var ground, reason []byte
		var created, decided int64
		if err = r.Scan(&x.ID, &x.BillID, &x.Amount, &ground, &x.State, &x.By.Kind, &x.By.ID, &x.By.Name, &x.DecidedBy.ID, &x.DecidedBy.Name, &reason, &created, &decided); err != nil {
			return x, err
		}
		x.DecidedBy.Kind, x.CreatedAt, x.DecidedAt = actor.Staff, instant(created), instant(decided)
		if x.Ground, err = s.open(ground); err != nil {
			return x, err
		}
		x.Reason, err = s.open(reason)
		return x, err
	}, sqlReductionsOf, billID)
}

func (s *Service) scanRefund(r *db.Rows) (x Refund, err error) {
	var reason, answer []byte
	var created, decided, done int64
	if err = r.Scan(&x.ID, &x.No, &x.BillID, &x.PaymentID, &x.Provider, &x.Amount, &x.Cause, &reason, &x.State, &x.By.Kind, &x.By.ID, &x.By.Name,
		&x.DecidedBy.ID, &x.DecidedBy.Name, &answer, &x.Ref, &x.Day, &created, &decided, &done); err != nil {
		return x, err
	}
	x.DecidedBy.Kind, x.CreatedAt, x.DecidedAt, x.DoneAt = actor.Staff, instant(created), instant(decided), instant(done)
	if x.Reason, err = s.open(reason); err != nil {
		return x, err
	}
	x.Answer, err = s.open(answer)
	return x, err
}

func (s *Service) refundByNo(q db.Queryer, no string) (*Refund, error) {
	return first(q, ErrNoRefund, s.scanRefund, sqlRefundByNo, no)
}

func (s *Service) refundByID(q db.Queryer, id int64) (*Refund, error) {
	return first(q, ErrNoRefund, s.scanRefund, sqlRefundByID, id)
}

func scanTill(r *db.Rows) (t Till, err error) {
	var closed int64
	err = r.Scan(&t.ClerkID, &t.ClerkName, &t.Day, &t.Cash, &t.POS, &t.CountedCash, &t.CountedPOS, &t.Note, &closed)
	t.ClosedAt = instant(closed)
	return t, err
}

func scanDifference(r *db.Rows) (d Difference, err error) {
	var state string
	var found, settled int64
	err = r.Scan(&d.ID, &d.Provider, &d.Day, &d.Kind, &d.Ref, &d.Ours, &d.Theirs, &state, &d.Note, &d.ByID, &d.ByName, &found, &settled)
	d.Settled, d.FoundAt, d.SettledAt = state == "settled", instant(found), instant(settled)
	return d, err
}
