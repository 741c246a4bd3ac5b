package app

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/gate"
)

// handler puts the faces behind the door.
func (r *Rooms) handler() (http.Handler, error) {
	secure := strings.HasPrefix(r.Config.URL, "https://")
	proxies, err := r.Config.proxies()
	if err != nil {
		return nil, err
	}
	door, err := gate.New(gate.Config{DB: r.DB, Identity: r.Identity, Vault: r.Keys.Vault(), Now: r.DB.Now, Log: r.Log, Secure: secure,
		Proxies: proxies, Origins: r.Config.TrustedOrigins})
	if err != nil {
		return nil, err
	}
	root := http.NewServeMux()
	root.HandleFunc("GET /healthz", r.health)
	root.HandleFunc("GET /readyz", r.ready)
	return door.Identify(door.Log(root)), nil
}

func (c Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.TrustedProxies {
		if !strings.Contains(s, "/") {
			a, err := netip.ParseAddr(s)
			if err != nil {
				return nil, badProxy(s)
			}
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, badProxy(s)
		}
		out = append(out, p)
	}
	return out, nil
}

func badProxy(s string) error {
	return errs.New(errs.Invalid, "config", "trustedProxies 中的 "+s+" 不是地址或者网段", s+" in trustedProxies is no address or prefix")
}
