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
	caller, err := r.caller("payment", c.Payment.URL, c.Payment.Key, c.Payment.Scheme, c.Payment.Public)
	if err != nil {
		return nil, err
	}
	return &fee.HTTP{Caller: caller}, nil
}

// caller is how an outside system of the configuration is written to.
func (r *Rooms) caller(section, base, key, scheme, public string) (*hook.Caller, error) {
	if err := hook.CheckBase(base); err != nil {
		return nil, err
	}
	signs, err := signing(section, key, scheme, public)
	if err != nil {
		return nil, err
	}
	return &hook.Caller{Base: base, Key: signs, Now: r.DB.Now}, nil
}

// The schemes of the configuration.
const (
	schemeHMAC = "hmac-sm3"
	schemeSM2  = "sm2"
)

// signing loads how letters of a section are signed.
func signing(section, key, scheme, public string) (hook.Scheme, error) {
	lacks := func(name string) error {
		return errs.New(errs.Invalid, "config", "配置缺少 "+section+"."+name, "the configuration lacks "+section+"."+name)
	}
	switch {
	case key == "":
		return nil, lacks("key")
	case scheme == "" || scheme == schemeHMAC:
		k, err := hook.LoadKey(key)
		if err != nil {
			return nil, err // a nil Key in an interface is not nil
		}
		return k, nil
	case scheme != schemeSM2:
		return nil, errs.New(errs.Invalid, "config", section+".scheme 应为 hmac-sm3 或者 sm2", section+".scheme is hmac-sm3 or sm2")
	case public == "":
		return nil, lacks("public")
	}
	p, err := hook.LoadPair(key, public)
	if err != nil {
		return nil, err
	}
	return p, nil
}
