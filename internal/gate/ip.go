package gate

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// IP is the client's address. Behind trusted proxies it is the last address of
// X-Forwarded-For that is not itself a trusted proxy; what a client writes
// there itself stands further left and is not believed. Empty if unknown.
func (d *Door) IP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	at = at.Unmap().WithZone("")
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0 && d.trusted(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		at = next.Unmap().WithZone("")
	}
	return at.String()
}

func (d *Door) trusted(a netip.Addr) bool {
	for _, p := range d.c.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// neighbourhood is what attempts are counted by: an address, or the /64 that
// one subscriber has in IPv6.
func neighbourhood(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Is4() {
		return ip
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}
