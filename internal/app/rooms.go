package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/assess"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/deliver"
	postbox "github.com/tongban/tongban/internal/deliver/sandbox"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/fee/sandbox"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/gate"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/jobs"
	"github.com/tongban/tongban/internal/licence"
	"github.com/tongban/tongban/internal/notify"
	boxes "github.com/tongban/tongban/internal/notify/sandbox"
	"github.com/tongban/tongban/internal/publicity"
	"github.com/tongban/tongban/internal/rating"
	"github.com/tongban/tongban/internal/sm"
	"github.com/tongban/tongban/internal/web/caseview"
)

// Rooms are all rooms of one platform, wired.
type Rooms struct {
	Config     Config
	Log        *slog.Logger
	Keys       *sm.Keyring
	DB         *db.DB
	Jobs       *jobs.Runner
	Sealer     *audit.Sealer
	Calendar   *calendar.Service
	Files      *files.Store
	Notify     *notify.Service
	Identity   *identity.Service
	Catalog    *catalog.Service
	Sheets     *sheet.Service
	Licences   *licence.Service
	Ratings    *rating.Service
	Fees       *fee.Service
	PayBox     *sandbox.Sandbox // of the demonstration; else nil
	Parcels    *deliver.Service
	PostBox    *postbox.Sandbox // of the demonstration; else nil
	MessageBox *boxes.Sandbox   // of the demonstration; else nil
	Channel    *channel.Service
	Casework   *casework.Service
	Consult    *consult.Service
	Assess     *assess.Service
	Publicity  *publicity.Service
	Door       *gate.Door
}

// Clock is the machine's clock, unless a test or the maker of sample history
// moves it.
type Clock func() time.Time

// Open opens keys and database, brings the tables up to date and wires the
// rooms. Close ends it.
func Open(ctx context.Context, c Config, now Clock, log *slog.Logger) (_ *Rooms, err error) {
	r := &Rooms{Config: c, Log: log}
	if r.Keys, err = sm.LoadOrCreate(c.Keys); err != nil {
		return nil, err
	}
	url, err := c.databaseURL()
	if err != nil {
		return nil, err
	}
	if r.DB, err = db.Open(ctx, url, db.Options{Now: now, Log: log, Loading: c.loading}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.DB.Close())
		}
	}()
	if _, err = r.DB.Migrate(ctx); err != nil {
		return nil, err
	}
	return r, r.wire(ctx)
}

func (r *Rooms) wire(ctx context.Context) (err error) {
	c, vault := r.Config, r.Keys.Vault()
	r.Jobs = jobs.New(r.DB, jobs.Options{Sealer: vault, Log: r.Log})
	notes, err := r.Keys.Note(logName)
	if err != nil {
		return err
	}
	r.Sealer = audit.NewSealer(r.DB, audit.Options{Keys: audit.Keys{Signers: notes.Signers, Verifiers: notes.Verifiers}, Log: r.Log})
	r.Calendar = calendar.New(calendar.Options{DB: r.DB, Record: func(tx *db.Tx, e calendar.Entry) error {
		return audit.Append(tx, audit.Record{Actor: e.Actor, Act: e.Act, Subject: e.Subject, Detail: e.Detail})
	}})
	if err := r.Calendar.EnsureShipped(ctx); err != nil {
		return err
	}
	if r.Files, err = files.New(ctx, files.Config{DB: r.DB, Vault: vault, Log: r.Log, URL: c.Files, Secret: c.FilesSecret, Spool: c.Spool}); err != nil {
		return err
	}
	r.Identity = identity.New(identity.Config{DB: r.DB, Vault: vault, Now: r.DB.Now, Log: r.Log, Halls: identity.HallNames(c.HallNames)})
	if r.Notify, err = r.messages(); err != nil {
		return err
	}
	nets, err := prefixes("subscriberNetworks", c.SubscriberNetworks)
	if err != nil {
		return err
	}
	r.Catalog = catalog.New(catalog.Config{DB: r.DB, Identity: r.Identity, Files: r.Files, Codes: c.codes(), Formats: Formats(), Log: r.Log, Assist: channel.AssistWindows, Banks: channel.BankOutlets, Vault: vault, URL: c.URL, Networks: nets,
		Effects: []catalog.EffectLister{casework.InHand{DB: r.DB}, channel.Reach{DB: r.DB}}})
	r.Licences = licence.New(licence.Config{DB: r.DB, Identity: r.Identity, Vault: vault, Signer: r.Keys.Signer(), Log: r.Log})
	r.Ratings = rating.New(rating.Config{DB: r.DB, Identity: r.Identity, Vault: vault, Log: r.Log, Open: c.rating()})
	if err := r.openFees(); err != nil {
		return err
	}
	if err := r.openParcels(); err != nil {
		return err
	}
	r.Channel = channel.New(channel.Config{DB: r.DB, Identity: r.Identity, Catalog: r.Catalog, Calendar: r.Calendar, Codes: c.codes(), Log: r.Log})
	printer, err := caseview.NewPrinter(c.URL)
	if err != nil {
		return err
	}
	r.Casework = casework.New(casework.Config{Printer: printer, Trust: casework.ArchiveTrust{Signer: notes.Signers[0], Keys: notes.Texts, Origin: logName, URL: c.URL},
		DB: r.DB, Catalog: r.Catalog, Identity: r.Identity, Calendar: r.Calendar, Files: r.Files,
		Licences: r.Licences, Ratings: r.Ratings, Fees: r.Fees, Parcels: r.Parcels, Notify: r.Notify, Vault: vault, Log: r.Log, KeepReceiptClock: c.KeepReceiptClock,
		InstantSample: c.instantSample(), PayDays: orNone(c.Payment.Days, 15), PayRemind: orNone(c.Payment.Remind, 3)})
	r.Consult = consult.New(consult.Config{DB: r.DB, Identity: r.Identity, Catalog: r.Catalog, Calendar: r.Calendar, Notify: r.Notify, Vault: vault, Cases: r.Casework,
		Rule: c.Consult.rule(), Log: r.Log})
	r.Assess = assess.New(assess.Config{DB: r.DB, Identity: r.Identity, Calendar: r.Calendar})
	r.Publicity = publicity.New(publicity.Config{DB: r.DB, Identity: r.Identity, Calendar: r.Calendar, Catalog: r.Catalog, Casework: r.Casework,
		Licences: r.Licences, Notify: r.Notify, Vault: vault, Rules: c.publicity()})
	r.Sheets = sheet.New(r.DB, r.Identity, r.Catalog)
	r.Catalog.Handlers(r.Jobs)
	r.Sheets.Handlers(r.Jobs)
	r.Licences.Handlers(r.Jobs)
	r.Casework.Handlers(r.Jobs)
	r.Fees.Handlers(r.Jobs)
	r.Parcels.Handlers(r.Jobs)
	r.Consult.Handlers(r.Jobs)
	r.Assess.Handlers(r.Jobs)
	r.Publicity.Handlers(r.Jobs)
	if err := r.openDoor(); err != nil {
		return err
	}
	r.periodic()
	return nil
}

// openDoor makes the door that both faces share.
func (r *Rooms) openDoor() error {
	proxies, err := r.Config.proxies()
	if err != nil {
		return err
	}
	r.Door, err = gate.New(gate.Config{DB: r.DB, Identity: r.Identity, Vault: r.Keys.Vault(), Now: r.DB.Now, Log: r.Log,
		Secure: r.Config.secure(), Proxies: proxies, Origins: r.Config.TrustedOrigins})
	return err
}

// periodic names the jobs that time itself brings.
func (r *Rooms) periodic() {
	r.Jobs.Every(casework.JobTick, time.Hour, 0)
	if !r.Config.loading { // what is loaded is printed once somebody wants it, or while the platform serves
		r.Jobs.Every(casework.JobPrint, 30*time.Second, 0)
	}
	r.Jobs.Every(consult.JobTick, time.Hour, 4*time.Minute)
	r.Jobs.Every(assess.JobRoll, time.Minute, 0)
	if !r.Config.loading { // what is loaded is published as its days go by, see History
		r.Jobs.Every(publicity.JobFollow, time.Minute, 20*time.Second)
	}
	r.Jobs.Handle("catalog.effect", func(ctx context.Context, _ jobs.Job) error {
		if _, err := r.Catalog.TakeEffect(ctx); err != nil {
			return err
		}
		_, err := r.Catalog.CarryOutDue(ctx)
		return err
	})
	r.Jobs.Every("catalog.effect", time.Minute, 0)
	r.Jobs.Every(catalog.JobFeatured, 24*time.Hour, 2*time.Hour)
	r.Jobs.Handle("files.sweep", func(ctx context.Context, _ jobs.Job) error {
		_, err := r.Files.Sweep(ctx)
		return err
	})
	r.Jobs.Every(deliver.JobSweep, time.Hour, 11*time.Minute)
	r.Jobs.Every(fee.JobDaily, 24*time.Hour, 90*time.Minute)
	r.Jobs.Every("files.sweep", time.Hour, 7*time.Minute)
	r.Jobs.Handle("gate.sweep", func(ctx context.Context, _ jobs.Job) error { return r.Door.Sweep(ctx) })
	r.Jobs.Every("gate.sweep", 24*time.Hour, 3*time.Hour)
}

// Close ends what Open opened.
func (r *Rooms) Close() error { return errors.Join(r.Files.Close(), r.DB.Close()) }

// Formats are the checks of identity numbers that forms may name.
func Formats() form.Formats {
	check := func(f func(string) ident.Result) func(string) (bool, string, string) {
		return func(s string) (bool, string, string) {
			res := f(s)
			return res.Valid, res.Reason.ZH, res.Reason.EN
		}
	}
	return form.Formats{"cn-id": check(ident.CheckResident), "uscc": check(ident.CheckUSCC), "cn-mobile": check(ident.CheckMobile)}
}

// databaseURL puts the password from its file into the URL.
func (c Config) databaseURL() (string, error) {
	if c.DatabasePassword == "" {
		return c.Database, nil
	}
	b, err := os.ReadFile(c.DatabasePassword)
	if err != nil {
		return "", err
	}
	return withPassword(c.Database, strings.TrimSpace(string(b)))
}

// logName names the audit log in its checkpoints.
const logName = "tongban"
