package app

import (
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/deliver"
	postbox "github.com/tongban/tongban/internal/deliver/sandbox"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/hook"
)

// postBoxPrefix is where the demonstration serves its courier and its cabinet.
const postBoxPrefix = "/sandbox/courier"

// demoCabinets stand in centres of the demonstration.
var demoCabinets = []Cabinet{{ID: "K01", Centre: "wx-zx", Name: "自助取件柜", Place: "一楼大厅入口", Compartments: 12},
	{ID: "K02", Centre: "lx-zx", Name: "自助取件柜", Place: "南门外", Compartments: 12}}

// openParcels wires the room that hands over results on paper: the courier of the
// configuration, or the sandbox in a demonstration.
func (r *Rooms) openParcels() error {
	c := r.Config
	p := deliver.Config{DB: r.DB, Identity: r.Identity, Vault: r.Keys.Vault(), Log: r.Log, CourierName: c.Courier.Name, Keep: c.PickUp.Days,
		Postage: c.Courier.Postage, CodeAlone: c.PickUp.CodeAlone, URL: c.URL,
		Follow: func(tx *db.Tx, caseID int64, step deliver.Step, t deliver.Told) error {
			return r.Casework.ParcelTold(tx, caseID, step, t)
		}}
	for i, x := range c.PickUp.Cabinets {
		k := deliver.Cabinet{Key: x.ID, Unit: x.Centre, Name: x.Name, Place: x.Place, Compartments: x.Compartments}
		if x.Key != "" {
			var err error
			if k.Signs, err = signing(fmt.Sprintf("pickUp.cabinets[%d]", i), x.Key, x.Scheme, x.Public); err != nil {
				return err
			}
		}
		p.Cabinets = append(p.Cabinets, k)
	}
	switch {
	case c.Courier.URL != "":
		caller, err := r.caller("courier", c.Courier.URL, c.Courier.Key, c.Courier.Scheme, c.Courier.Public)
		if err != nil {
			return err
		}
		p.Courier = &deliver.HTTP{Caller: caller}
	case c.demo && !c.loading: // nothing is served while the sample city loads
		key, doors := hook.NewKey(), map[string]hook.Scheme{}
		for _, x := range demoCabinets {
			k := hook.NewKey()
			doors[x.ID] = k
			p.Cabinets = append(p.Cabinets, deliver.Cabinet{Key: x.ID, Unit: x.Centre, Name: x.Name, Place: x.Place, Compartments: x.Compartments, Signs: k})
		}
		box, err := postbox.New(postbox.Config{Key: key, URL: c.URL, Prefix: postBoxPrefix, File: filepath.Join(c.Spool, "courier-sandbox.json"), Now: r.DB.Now, Log: r.Log,
			Cabinets: doors, Platform: c.URL})
		if err != nil {
			return err
		}
		r.PostBox, p.CourierName = box, "演示快递"
		p.Courier = &deliver.HTTP{Caller: &hook.Caller{Base: box.Base(), Key: key, Now: r.DB.Now}}
	}
	r.Parcels = deliver.New(p)
	return nil
}

var cabinetID = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)

// delivery checks what the configuration says of couriers and cabinets.
func (c Config) delivery() error {
	bad := func(zh, en string) error { return errs.New(errs.Invalid, "config", zh, en) }
	if c.Courier.URL != "" && c.Courier.Name == "" {
		return bad("配置缺少 courier.name", "the configuration lacks courier.name")
	}
	if c.PickUp.Days < 0 || c.PickUp.Days > 60 {
		return bad("pickUp.days 应在1到60之间", "pickUp.days is between 1 and 60")
	}
	seen := map[string]bool{}
	for i, k := range c.PickUp.Cabinets {
		at := fmt.Sprintf("pickUp.cabinets[%d]", i)
		switch {
		case !cabinetID.MatchString(k.ID):
			return bad(at+".id 应为1到40个字母、数字", at+".id has 1 to 40 letters and digits")
		case seen[k.ID]:
			return bad(at+".id 重复了："+k.ID, at+".id stands twice: "+k.ID)
		case k.Centre == "" || k.Name == "":
			return bad(at+" 缺少 centre 或者 name", at+" lacks centre or name")
		case k.Compartments < 1 || k.Compartments > 1000:
			return bad(at+".compartments 应在1到1000之间", at+".compartments is between 1 and 1000")
		}
		seen[k.ID] = true
	}
	return nil
}
