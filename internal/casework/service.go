package casework

import (
	"context"
	"log/slog"

	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/sm"
)

// Service is every act on drafts and cases.
type Service struct {
	Config
}

// Config names the rooms that casework uses.
type Config struct {
	DB       *db.DB
	Catalog  *catalog.Service
	Identity *identity.Service
	Calendar *calendar.Service
	Files    *files.Store
	Licences *licence.Service
	Ratings  *rating.Service
	Fees     *fee.Service     // nil: nothing is collected
	Parcels  *deliver.Service // nil: one without a courier and cabinets
	Notify   *notify.Service
	Vault    *sm.Vault
	Log      *slog.Logger

	Printer Printer      // nil: documents are not laid out for print
	Trust   ArchiveTrust // what archive packages are sealed with

	// KeepReceiptClock makes a resubmission continue the first receipt clock
	// instead of starting its own (the usual reading: the day everything was
	// handed in is the day of receipt).
	KeepReceiptClock bool

	// PayDays are the working days in which a bill is to be paid, PayRemind how many
	// of them before the end the applicant is reminded. 0: no such day, no reminder.
	PayDays, PayRemind int

	// InstantSample is how many of a hundred machine grants 秒批 a person looks at afterwards.
	InstantSample int
}

// New makes the service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{c}
	if s.Parcels == nil {
		s.Parcels = deliver.New(deliver.Config{DB: c.DB, Identity: c.Identity, Vault: c.Vault, Log: c.Log, Follow: s.ParcelTold})
	}
	return s
}

// Once makes an act happen once for an idempotency key. gate gives one for
// requests that carry a key; nil means that the caller brought none.
type Once = db.Once

// repeated answers an act that failed with the case that its key led to before,
// if there is one: whatever a repetition fails of, the first result stands.
func (s *Service) repeated(ctx context.Context, once Once, failure error) (*Case, error) {
	if once == nil {
		return nil, failure
	}
	rd := s.DB.Read(ctx)
	prior, err := once.Prior(rd)
	switch {
	case errs.KindOf(err) == errs.Invalid: // the key is not this request's
		return nil, err
	case err != nil || prior == "":
		return nil, failure
	}
	return s.scanCase(rd.QueryRow(sqlCaseByNo, prior))
}

// world is what an act reads before it begins: immutable snapshots.
type world struct {
	dir *identity.Directory
	cal clock.Calendar
	v   *catalog.Version
	reg Regime

	reach *reached // nil until it is needed
}

func (s *Service) world(ctx context.Context, versionID int64) (w world, err error) {
	if w.v, err = s.Catalog.ByVersion(ctx, versionID); err != nil {
		return w, err
	}
	if w.dir, err = s.Identity.Directory(ctx); err != nil {
		return w, err
	}
	if w.cal, err = s.Calendar.Current(ctx); err != nil {
		return w, err
	}
	reg, ok := RegimeOf(w.v.Guide.Basics.Type)
	if !ok {
		return w, catalog.ErrNoItem
	}
	w.reg = reg.For(&w.v.Guide)
	return w, nil
}
