package app

import (
	"net/netip"
	"strings"

	"github.com/tongban/tongban/internal/errs"
)

// secure reports whether people reach the platform over TLS.
func (c Config) secure() bool { return strings.HasPrefix(c.URL, "https://") }

func (c Config) proxies() ([]netip.Prefix, error) {
	return prefixes("trustedProxies", c.TrustedProxies)
}

// prefixes reads the addresses and CIDRs of a key.
func prefixes(key string, list []string) ([]netip.Prefix, error) {
	bad := func(s string) error {
		return errs.New(errs.Invalid, "config", key+" 中的 "+s+" 不是地址或者网段", s+" in "+key+" is no address or prefix")
	}
	var out []netip.Prefix
	for _, s := range list {
		if !strings.Contains(s, "/") {
			a, err := netip.ParseAddr(s)
			if err != nil {
				return nil, bad(s)
			}
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, bad(s)
		}
		out = append(out, p)
	}
	return out, nil
}
