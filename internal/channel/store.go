package channel

import (
	"context"
	"errors"
	"fmt"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
)

const appointmentColumns = `id, centre_id, item_id, item_name, day, slot, seat, party_kind, party_id, party_name, maker_id, maker_name, case_no,
	booked_at, cancelled_at`

const (
	sqlTaken = `SELECT day, slot, count(*) FROM appointment WHERE centre_id = $1 AND item_id = $2 AND day >= $3 AND day < $4 AND cancelled_at = 0
		GROUP BY day, slot`
	sqlSeats = `SELECT seat FROM appointment WHERE centre_id = $1 AND day = $2 AND slot = $3 AND item_id = $4 AND cancelled_at = 0
		ORDER BY seat`
	sqlMineThatDay = `SELECT ` + appointmentColumns + ` FROM appointment WHERE party_kind = $1 AND party_id = $2 AND item_id = $3 AND day = $4
		AND cancelled_at = 0`
	// Both unique indexes guard this row: the seat is free, and the party has
	// nothing else for the item on the day.
	sqlInsertAppointment = `INSERT INTO appointment (` + appointmentColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
		$14, 0) ON CONFLICT DO NOTHING`
	sqlAppointment = `SELECT ` + appointmentColumns + ` FROM appointment WHERE id = $1`
	sqlCancel      = `UPDATE appointment SET cancelled_at = $2 WHERE id = $1 AND cancelled_at = 0`
	sqlForParty    = `SELECT ` + appointmentColumns + ` FROM appointment WHERE party_kind = $1 AND party_id = $2 AND (day, slot, id) < ($3, $4, $5)
		ORDER BY day DESC, slot DESC, id DESC LIMIT $6`
	sqlForCase = `SELECT ` + appointmentColumns + ` FROM appointment WHERE case_no = $1 AND case_no <> '' AND cancelled_at = 0
		ORDER BY id LIMIT 50`
	sqlToday = `SELECT ` + appointmentColumns + ` FROM appointment WHERE centre_id = $1 AND day = $2 AND cancelled_at = 0
		ORDER BY slot, item_id, seat LIMIT 5000`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlPutWindow, sqlWindows, sqlWindowCounts, sqlAssistWindows, sqlOutlets, sqlTaken, sqlSeats, sqlMineThatDay, sqlInsertAppointment, sqlAppointment,
		sqlCancel, sqlForParty, sqlForCase, sqlToday, sqlPlacesVersion, sqlBumpPlaces, sqlAllWindows, sqlBranches, sqlBranchHistory, sqlBranch, sqlInsertBranch, sqlEndBranch, sqlStanding,
		sqlPlacements, sqlPlacementsOfItem, sqlPlacementHistory, sqlPlacement, sqlInsertPlacement, sqlEndPlacement, fmt.Sprintf(sqlAhead, "$1", 2)}
}

// one reads a single appointment. Error: ErrNoAppointment.
func one(q db.Queryer, sql string, args ...any) (*Appointment, error) {
	p, err := scan(q.QueryRow(sql, args...))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoAppointment
	}
	return &p, err
}

// all reads a list and names the centres.
func (s *Service) all(ctx context.Context, sql string, args ...any) ([]Appointment, error) {
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return db.All(s.DB.Read(ctx), func(r *db.Rows) (Appointment, error) {
		p, err := scan(r)
		u, _ := dir.Unit(p.CentreID)
		p.CentreName = u.Name
		return p, err
	}, sql, args...)
}

func scan(r interface{ Scan(...any) error }) (p Appointment, err error) {
	var (
		day, kind         string
		booked, cancelled int64
	)
	if err = r.Scan(&p.ID, &p.CentreID, &p.ItemID, &p.ItemName, &day, &p.Slot, &p.Seat, &kind, &p.Party.ID, &p.Party.Name, &p.MakerID,
		&p.MakerName, &p.CaseNo, &booked, &cancelled); err != nil {
		return p, err
	}
	if p.Day, err = clock.ParseDate(day); err != nil {
		return p, err
	}
	p.Party.Kind, p.BookedAt, p.CancelledAt = actor.PartyKind(kind), db.Time(booked), db.Time(cancelled)
	p.At, err = slotStart(p.Day, p.Slot)
	return p, err
}
