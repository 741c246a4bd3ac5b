package app

import (
	"path/filepath"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/fee/sandbox"
	"github.com/tongban/tongban/internal/hook"
)

// payBoxPrefix is where the demonstration serves its payment sandbox.
const payBoxPrefix = "/sandbox/pay"

// openFees wires the room that collects fees: the provider of the configuration,
// or the sandbox in a demonstration; at the window money is always taken.
func (r *Rooms) openFees() error {
	online, err := r.payOnline()
	if err != nil {
		return err
	}
	r.Fees = fee.New(fee.Config{DB: r.DB, Identity: r.Identity, Vault: r.Keys.Vault(), Log: r.Log, Online: online, URL: r.Config.URL,
		Papers: func(tx *db.Tx, a actor.Actor, p fee.Paper) error { return r.Casework.FeePaper(tx, a, p) },
		Aside:  func(q db.Queryer, caseID int64) ([]int64, error) { return r.Casework.Aside(q, caseID) }, Codes: r.Config.codes()})
	return nil
}

func (r *Rooms) payOnline() (fee.Provider, error) {
	c := r.Config
	if c.Payment.URL == "" {
		if !c.demo || c.loading { // nothing is served while the sample city loads
			return nil, nil //nolint:nilnil // no provider is a good answer
		}
		key := hook.NewKey()
		box, err := sandbox.New(sandbox.Config{Key: key, URL: c.URL, Prefix: payBoxPrefix, File: filepath.Join(c.Spool, "pay-sandbox.json"), Now: r.DB.Now, Log: r.Log})
		if err != nil {
			return nil, err
		}
		r.PayBox = box
		return &fee.HTTP{Caller: &hook.Caller{Base: box.Base(), Key: key, Now: r.DB.Now}}, nil
	}
	if err := hook.CheckBase(c.Payment.URL); err != nil {
		return nil, err
	}
	if c.Payment.Key == "" {
		return nil, errs.New(errs.Invalid, "config", "配置缺少 payment.key", "the configuration lacks payment.key")
	}
	key, err := hook.LoadKey(c.Payment.Key)
	if err != nil {
		return nil, err
	}
	return &fee.HTTP{Caller: &hook.Caller{Base: c.Payment.URL, Key: key, Now: r.DB.Now}}, nil
}
