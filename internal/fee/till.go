package fee

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Till 收款台 is what one clerk took and gave on one day.
type Till struct {
	ClerkID     int64
	ClerkName   string
	Day         string
	Cash        int64 // fen, what came in less what went out
	POS         int64
	CountedCash int64 // when it was closed
	CountedPOS  int64
	Note        string // why the counted sums differ
	ClosedAt    time.Time
}

// putInTill counts money in the clerk's till of today; a closed till takes none.
func (s *Service) putInTill(tx *db.Tx, a actor.Actor, m Method, fen int64) {
	cash, pos := fen, int64(0)
	if m == POS {
		cash, pos = 0, fen
	}
	tx.QueueOne(ErrTillClosed, sqlPutInTill, a.ID, clock.DateOf(tx.Now()).String(), a.Name, a.Unit, cash, pos)
}

// MyTill is the clerk's own till of a day; nothing was taken: zero sums.
func (s *Service) MyTill(ctx context.Context, a actor.Actor, day clock.Date) (*Till, error) {
	if err := s.Identity.Allow(ctx, a, identity.FeeTill, identity.Target{}, "till"); err != nil {
		return nil, err
	}
	return tillOf(s.DB.Read(ctx), a, day.String())
}

func tillOf(q db.Queryer, a actor.Actor, day string) (*Till, error) {
	list, err := db.All(q, scanTill, sqlTill, a.ID, day)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return &Till{ClerkID: a.ID, ClerkName: a.Name, Day: day}, nil
	}
	return &list[0], nil
}

// Counted is what a clerk counts at the end of a day.
type Counted struct {
	Day       clock.Date
	Cash, POS int64  // fen
	Note      string // needed where a sum differs
}

// CloseTill 日结 ends a clerk's day: what was counted is kept beside what the
// books say, and nothing can be taken or handed back afterwards.
func (s *Service) CloseTill(ctx context.Context, a actor.Actor, in Counted) (t *Till, err error) {
	defer errs.Wrap(&err, "close the till")
	if err := s.Identity.Allow(ctx, a, identity.FeeTill, identity.Target{}, "till"); err != nil {
		return nil, err
	}
	day := in.Day.String()
	in.Note = strings.TrimSpace(in.Note)
	err = s.retry(ctx, "fee.close-till", func(tx *db.Tx) error {
		if t, err = tillOf(tx, a, day); err != nil {
			return err
		}
		if !t.ClosedAt.IsZero() {
			return ErrTillClosed
		}
		var bad []errs.Field
		if in.Day > clock.DateOf(tx.Now()) {
			bad = append(bad, errs.Field{Path: "day", Code: "range", ZH: "不能日结以后的日期", EN: "Not a day to come"})
		}
		if (in.Cash != t.Cash || in.POS != t.POS) && in.Note == "" {
			bad = append(bad, errs.Field{Path: "note", Code: "required", ZH: "清点的金额与账面不一致（账面现金 " + catalog.Yuan(t.Cash) + " 元、刷卡 " + catalog.Yuan(t.POS) + " 元），请写明原因",
				EN: "The counted sums differ from the books (cash ¥" + catalog.Yuan(t.Cash) + ", card ¥" + catalog.Yuan(t.POS) + "); say why"})
		}
		if len([]rune(in.Note)) > mostWords {
			bad = append(bad, errs.Field{Path: "note", Code: "max-length", ZH: "请不要超过500个字", EN: "At most 500 characters"})
		}
		if err := invalid(bad); err != nil {
			return err
		}
		cash, pos := t.Cash, t.POS
		t.CountedCash, t.CountedPOS, t.Note, t.ClosedAt = in.Cash, in.POS, in.Note, tx.Now()
		// Money that came in since it was read makes this another till.
		tx.Queue(sqlOpenTill, a.ID, day, a.Name, a.Unit)
		tx.QueueOne(ErrChanged, sqlCloseTill, a.ID, day, cash, pos, in.Cash, in.POS, in.Note, tx.NowMicros())
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.FeeTill), Subject: "till/" + day + "/" + strconv.FormatInt(a.ID, 10), Unit: a.Unit,
			Detail: map[string]string{"cash": strconv.FormatInt(in.Cash-cash, 10), "pos": strconv.FormatInt(in.POS-pos, 10)}})
	})
	return t, err
}
