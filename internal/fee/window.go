package fee

import (
	"context"
	"strconv"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
)

// Window 窗口收费 is the provider that the city's own cashiers are. There is
// nothing to order and nobody to ask: a clerk takes the money (Take) and hands it
// back (PayBack), and the list to hold our books against is what the clerks
// counted when they closed their day.
type Window struct{ DB *db.DB }

var _ Provider = Window{}

// Place implements Provider: one pays at the counter.
func (Window) Place(context.Context, Order) (Placed, error) { return Placed{}, nil }

// Query implements Provider.
func (Window) Query(context.Context, string) (Told, error) { return Told{State: ToldPending}, nil }

// Cancel implements Provider.
func (Window) Cancel(context.Context, string) error { return nil }

// Refund implements Provider: it waits for a clerk.
func (Window) Refund(context.Context, Order, string) (Told, error) {
	return Told{State: ToldPending}, nil
}

const sqlCounted = `SELECT clerk_id, counted_cash, counted_pos FROM fee_till WHERE day = $1 AND closed_at <> 0 ORDER BY clerk_id LIMIT 5000`

// Statement implements Provider: one line for each till and method. A till that
// took nothing of a method has no line for it.
func (w Window) Statement(ctx context.Context, day clock.Date) (out []Entry, err error) {
	_, err = db.All(w.DB.Read(ctx), func(r *db.Rows) (struct{}, error) {
		var clerk, cash, pos int64
		err := r.Scan(&clerk, &cash, &pos)
		for m, n := range map[Method]int64{Cash: cash, POS: pos} {
			if n != 0 {
				out = append(out, Entry{MoneyIn, tillRef(clerk, m, day.String()), n})
			}
		}
		return struct{}{}, err
	}, sqlCounted, day.String())
	return out, err
}

// tillRef names what one till took by one method on one day.
func tillRef(clerk int64, m Method, day string) string {
	return "till/" + day + "/" + strconv.FormatInt(clerk, 10) + "/" + string(m)
}
