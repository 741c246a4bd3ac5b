package assess

import (
	"encoding/json"
	"fmt"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
)

// Facts are taken over from what a case, its rating and the fact so far say.
const (
	caseSource = `c.id, c.no, c.unit_id, c.submitted_at, c.closed_at, c.outcome, c.clocks, coalesce(r.at, 0), coalesce(r.level, 0)`
	factSource = caseSource + `, coalesce(f.received_on, ''), coalesce(f.closed_on, ''), coalesce(f.rated_on, '')`
	factJoins  = ` LEFT JOIN rating r ON r.case_id = c.id LEFT JOIN assess_case f ON f.case_id = c.id `

	// Of the events only those matter that a fact is missing for.
	sqlNewEvents = `SELECT e.id, ` + factSource + ` FROM case_event e JOIN cases c ON c.id = e.case_id` + factJoins + `
		WHERE e.id > $1 AND (e.act = 'submit' AND f.case_id IS NULL OR e.to_state = 'closed' AND (f.case_id IS NULL OR f.closed_on = ''))
		ORDER BY e.id LIMIT $2`
	sqlNewRatings = `SELECT n.id, ` + factSource + ` FROM rating n JOIN cases c ON c.id = n.case_id` + factJoins + `
		WHERE n.id > $1 AND (f.case_id IS NULL OR f.rated_on = '') ORDER BY n.id LIMIT $2`
	sqlCasesAfter = `SELECT c.id, ` + caseSource + `, '', '', '' FROM cases c LEFT JOIN rating r ON r.case_id = c.id
		WHERE c.id > $1 ORDER BY c.id LIMIT $2`

	// Where the first roll over a database with cases begins.
	sqlEventBefore = `SELECT id FROM case_event WHERE at < $1 ORDER BY id DESC LIMIT 1`

	sqlPutFact = `INSERT INTO assess_case (case_id, unit_id, received_on, closed_on, result, on_time, rated_on, level)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (case_id) DO UPDATE SET unit_id = excluded.unit_id, received_on = excluded.received_on, closed_on = excluded.closed_on,
		result = excluded.result, on_time = excluded.on_time, rated_on = excluded.rated_on, level = excluded.level`

	dayColumns = `day, unit_id, received, closed, on_time, granted, refused, declined, withdrawn, rated, good, negative`
	sqlAddDay  = `INSERT INTO assess_day (` + dayColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (day, unit_id) DO UPDATE SET received = assess_day.received + excluded.received, closed = assess_day.closed + excluded.closed,
		on_time = assess_day.on_time + excluded.on_time, granted = assess_day.granted + excluded.granted,
		refused = assess_day.refused + excluded.refused, declined = assess_day.declined + excluded.declined,
		withdrawn = assess_day.withdrawn + excluded.withdrawn, rated = assess_day.rated + excluded.rated,
		good = assess_day.good + excluded.good, negative = assess_day.negative + excluded.negative`
	sqlClearDays = `DELETE FROM assess_day`
	sqlCountDays = `INSERT INTO assess_day (` + dayColumns + `)
		SELECT day, unit_id, CAST(sum(received) AS BIGINT), CAST(sum(closed) AS BIGINT), CAST(sum(on_time) AS BIGINT), CAST(sum(granted) AS BIGINT),
			CAST(sum(refused) AS BIGINT), CAST(sum(declined) AS BIGINT), CAST(sum(withdrawn) AS BIGINT), CAST(sum(rated) AS BIGINT),
			CAST(sum(good) AS BIGINT), CAST(sum(negative) AS BIGINT)
		FROM (
			SELECT received_on AS day, unit_id, count(*) AS received, 0 AS closed, 0 AS on_time, 0 AS granted, 0 AS refused, 0 AS declined,
				0 AS withdrawn, 0 AS rated, 0 AS good, 0 AS negative
			FROM assess_case GROUP BY received_on, unit_id
			UNION ALL
			SELECT closed_on, unit_id, 0, count(*), count(*) FILTER (WHERE on_time), count(*) FILTER (WHERE result = 'granted'),
				count(*) FILTER (WHERE result = 'refused'), count(*) FILTER (WHERE result = 'declined'),
				count(*) FILTER (WHERE result = 'withdrawn'), 0, 0, 0
			FROM assess_case WHERE closed_on <> '' GROUP BY closed_on, unit_id
			UNION ALL
			SELECT rated_on, unit_id, 0, 0, 0, 0, 0, 0, 0, count(*), count(*) FILTER (WHERE level >= 3), count(*) FILTER (WHERE level < 3)
			FROM assess_case WHERE rated_on <> '' GROUP BY rated_on, unit_id
		) q GROUP BY day, unit_id`

	sqlMark = `SELECT rolled_at, settled_id, rebuilding, position FROM assess_mark WHERE id = 1`
	// Acts that count begin with this one, and so follow one another.
	sqlHold     = `UPDATE assess_mark SET position = position WHERE id = 1`
	sqlBegin    = `UPDATE assess_mark SET rebuilding = TRUE, position = 0 WHERE id = 1`
	sqlPosition = `UPDATE assess_mark SET position = $1 WHERE id = 1`
	sqlSettled  = `UPDATE assess_mark SET settled_id = $1 WHERE id = 1 AND settled_id = 0`
	sqlRebuilt  = `UPDATE assess_mark SET rebuilding = FALSE WHERE id = 1`
	// $1 when the roll began, $2 an id made then, $3 the instant before which every act has ended.
	sqlRolled = `UPDATE assess_mark SET rolled_at = CASE WHEN rolled_at < $1 THEN $1 ELSE rolled_at END,
		settled_id = CASE WHEN pending_at < $3 AND pending_id > settled_id THEN pending_id ELSE settled_id END,
		pending_id = CASE WHEN pending_at < $3 THEN $2 ELSE pending_id END,
		pending_at = CASE WHEN pending_at < $3 THEN $1 ELSE pending_at END
		WHERE id = 1`
)

// The figures. A limit counts as the authority's while the case waits for it:
// not while the applicant corrects, not while a special procedure stops the clock.
const (
	watched = `('submitted', 'reviewing', 'deciding', 'delivering')`

	sqlPeriod = `SELECT unit_id, CAST(sum(received) AS BIGINT), CAST(sum(closed) AS BIGINT), CAST(sum(on_time) AS BIGINT),
			CAST(sum(granted) AS BIGINT), CAST(sum(refused) AS BIGINT), CAST(sum(declined) AS BIGINT), CAST(sum(withdrawn) AS BIGINT),
			CAST(sum(rated) AS BIGINT), CAST(sum(good) AS BIGINT), CAST(sum(negative) AS BIGINT)
		FROM assess_day WHERE day >= $1 AND day <= $2 GROUP BY unit_id`
	sqlInHand = `SELECT unit_id, count(*) FROM cases WHERE state <> 'closed' GROUP BY unit_id`
	sqlDue    = `SELECT unit_id, count(*) FILTER (WHERE due_on < $1), count(*) FILTER (WHERE due_on >= $1) FROM cases
		WHERE state <> 'closed' AND state IN ` + watched + ` AND due_on > '' AND due_on <= $2 GROUP BY unit_id`
	// A case stands once, however many of its departments are late.
	sqlStepsLate = `SELECT c.unit_id, count(DISTINCT c.id) FROM task t JOIN cases c ON c.id = t.case_id
		WHERE t.state = 'open' AND t.days > 0 AND t.due_on < $1 AND c.state <> 'closed' GROUP BY c.unit_id`
	// An alarm stands while nobody answered and the date is still the one it was raised for.
	sqlAlarms = `SELECT c.unit_id, count(*) FROM case_alarm a JOIN cases c ON c.id = a.case_id AND c.due_on = a.due_on
		WHERE c.state = 'submitted' GROUP BY c.unit_id`
)

// The lists behind the figures, one unit at a time.
const (
	rowColumns = `c.id, c.no, c.item_name, c.unit_id, c.party_kind, c.party_name, c.state, c.outcome, c.due_on, c.submitted_at, c.closed_at`
	sqlOpen    = `SELECT ` + rowColumns + `, c.due_on, TRUE, 0 FROM cases c
		WHERE c.unit_id = $1 AND c.state <> 'closed' AND c.due_on >= $2 AND c.due_on <= $3 AND (c.due_on, c.id) > ($4, $5)
		ORDER BY c.due_on, c.id LIMIT $6`
	sqlOpenWatched = `SELECT ` + rowColumns + `, c.due_on, TRUE, 0 FROM cases c
		WHERE c.unit_id = $1 AND c.state <> 'closed' AND c.state IN ` + watched + ` AND c.due_on >= $2 AND c.due_on <= $3
			AND (c.due_on, c.id) > ($4, $5)
		ORDER BY c.due_on, c.id LIMIT $6`
	sqlAlarmedList = `SELECT ` + rowColumns + `, c.due_on, TRUE, 0 FROM cases c JOIN case_alarm a ON a.case_id = c.id AND a.due_on = c.due_on
		WHERE c.unit_id = $1 AND c.state <> 'closed' AND c.state = 'submitted' AND c.due_on >= $2 AND c.due_on <= $3
			AND (c.due_on, c.id) > ($4, $5)
		ORDER BY c.due_on, c.id LIMIT $6`
	sqlStepLateList = `SELECT ` + rowColumns + `, c.due_on, TRUE, 0 FROM cases c
		WHERE c.unit_id = $1 AND c.state <> 'closed' AND c.due_on >= $2 AND (c.due_on, c.id) > ($4, $5)
			AND c.id IN (SELECT case_id FROM task WHERE state = 'open' AND days > 0 AND due_on <= $3)
		ORDER BY c.due_on, c.id LIMIT $6`
	sqlReceivedList = `SELECT ` + rowColumns + `, f.received_on, f.on_time, f.level FROM assess_case f JOIN cases c ON c.id = f.case_id
		WHERE f.unit_id = $1 AND f.received_on >= $2 AND f.received_on <= $3 AND (f.received_on, f.case_id) < ($4, $5)
		ORDER BY f.received_on DESC, f.case_id DESC LIMIT $6`
	// $7 is a result or '', $8 1 for those on time, 0 for those late, -1 for both.
	sqlClosedList = `SELECT ` + rowColumns + `, f.closed_on, f.on_time, f.level FROM assess_case f JOIN cases c ON c.id = f.case_id
		WHERE f.unit_id = $1 AND f.closed_on <> '' AND f.closed_on >= $2 AND f.closed_on <= $3 AND (f.closed_on, f.case_id) < ($4, $5)
			AND (CAST($7 AS TEXT) = '' OR f.result = $7) AND (CAST($8 AS BIGINT) < 0 OR f.on_time = (CAST($8 AS BIGINT) = 1))
		ORDER BY f.closed_on DESC, f.case_id DESC LIMIT $6`
	// $7 and $8 are the lowest and the highest level.
	sqlRatedList = `SELECT ` + rowColumns + `, f.rated_on, f.on_time, f.level FROM assess_case f JOIN cases c ON c.id = f.case_id
		WHERE f.unit_id = $1 AND f.rated_on <> '' AND f.rated_on >= $2 AND f.rated_on <= $3 AND (f.rated_on, f.case_id) < ($4, $5)
			AND f.level >= $7 AND f.level <= $8
		ORDER BY f.rated_on DESC, f.case_id DESC LIMIT $6`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlNewEvents, sqlNewRatings, sqlCasesAfter, sqlEventBefore, sqlPutFact, sqlAddDay, sqlClearDays, sqlCountDays,
		sqlMark, sqlHold, sqlBegin, sqlPosition, sqlSettled, sqlRebuilt, sqlRolled, sqlPeriod, sqlInHand, sqlDue, sqlAlarms, sqlStepsLate, sqlStepLateList, sqlOpen, sqlOpenWatched, sqlAlarmedList,
		sqlReceivedList, sqlClosedList, sqlRatedList}
}

// watchedStates are those of the list above.
var watchedStates = []casework.State{casework.Submitted, casework.Reviewing, casework.Deciding, casework.Delivering}

// fact is a row of assess_case as it should be, and what of it is stored already.
type fact struct {
	pos                     int64 // in the page it was found by
	caseID                  int64
	unit                    int64
	received, closed, rated string
	result                  Figure
	onTime                  bool
	level                   int64
	hadReceived, hadClosed  bool
	hadRated                bool
}

// scanFact reads a fact; what a case is judged by is reckoned by cal.
func scanFact(cal clock.Calendar) func(*db.Rows) (fact, error) {
	return func(r *db.Rows) (f fact, err error) {
		var (
			submitted, closed, rated       int64
			outcome                        casework.Outcome
			no, clocks                     string
			storedIn, storedOut, storedRat string
		)
		if err = r.Scan(&f.pos, &f.caseID, &no, &f.unit, &submitted, &closed, &outcome, &clocks, &rated, &f.level, &storedIn, &storedOut,
			&storedRat); err != nil {
			return f, err
		}
		f.hadReceived, f.hadClosed, f.hadRated = storedIn != "", storedOut != "", storedRat != ""
		f.received = day(submitted)
		if closed != 0 {
			var cs casework.Clocks
			if err = json.Unmarshal([]byte(clocks), &cs); err != nil {
				return f, fmt.Errorf("stored case %s: %w", no, err)
			}
			f.closed, f.result, f.onTime = day(closed), results[outcome], onTime(cs, cal, db.Time(closed))
		}
		if rated != 0 {
			f.rated = day(rated)
		}
		return f, nil
	}
}

// day is the date in Shanghai of a stored instant.
func day(micros int64) string { return clock.DateOf(db.Time(micros)).String() }

func (f fact) put(tx *db.Tx) {
	tx.Queue(sqlPutFact, f.caseID, f.unit, f.received, f.closed, string(f.result), f.onTime, f.rated, f.level)
}
