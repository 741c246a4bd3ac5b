package app

import (
	"context"
	"fmt"
	"time"

	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/hook"
)

// outside asks the providers of the configuration about something that cannot
// exist: a signed answer shows that address and keys fit on both ends.
func (d *doctor) outside() {
	r := &Rooms{Config: d.c, DB: d.db}
	ask := func(name, base, key, scheme, public string, known func(*hook.Caller) (string, error)) {
		if base == "" {
			return
		}
		caller, err := r.caller(name, base, key, scheme, public)
		var said string
		if err == nil {
			said, err = known(caller)
		}
		if err == nil && said != "unknown" {
			err = fmt.Errorf("it says %q of an order that does not exist", said)
		}
		d.check(name, err, "对接正常，双方的密钥一致", "it answers, and the keys fit on both ends")
	}
	ctx, cancel := context.WithTimeout(d.ctx, 15*time.Second)
	defer cancel()
	p, c := d.c.Payment, d.c.Courier
	ask("payment", p.URL, p.Key, p.Scheme, p.Public, func(h *hook.Caller) (string, error) {
		t, err := (&fee.HTTP{Caller: h}).Query(ctx, "doctor")
		return string(t.State), err
	})
	ask("courier", c.URL, c.Key, c.Scheme, c.Public, func(h *hook.Caller) (string, error) {
		t, err := (&deliver.HTTP{Caller: h}).Ask(ctx, "doctor")
		return string(t.News), err
	})
}

// cabinets: each stands at a centre that there is, and its device's key is there.
func (d *doctor) cabinets() {
	if len(d.c.PickUp.Cabinets) == 0 {
		return
	}
	for i, x := range d.c.PickUp.Cabinets {
		var n int64
		err := d.db.Read(d.ctx).QueryRow(`SELECT count(*) FROM unit WHERE key = $1 AND kind = 'centre'`, x.Centre).Scan(&n)
		if err == nil && n == 0 {
			err = errs.New(errs.Invalid, "config", "取件柜 "+x.ID+" 所在的中心 "+x.Centre+" 不存在", "cabinet "+x.ID+" stands at the centre "+x.Centre+", which does not exist")
		}
		if err == nil && x.Key != "" {
			_, err = signing(fmt.Sprintf("pickUp.cabinets[%d]", i), x.Key, x.Scheme, x.Public)
		}
		if !d.check("cabinets", err, "", "") {
			return
		}
	}
	d.add("cabinets", "ok", fmt.Sprintf("%d 个取件柜", len(d.c.PickUp.Cabinets)), fmt.Sprintf("%d cabinets", len(d.c.PickUp.Cabinets)))
}
