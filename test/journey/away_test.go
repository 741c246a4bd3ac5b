package journey

import (
	"net/url"
	"strings"
	"testing"
)

// away takes the database away and gives it back: people are told that the
// service recovers, and it does, by itself.
func away(t *testing.T, l *look, c *city) {
	u, err := url.Parse(c.database)
	must(t, err)
	name := strings.TrimPrefix(u.Path, "/")
	const address = "/items?q=开饭店"
	p := l.visitor(t, c, phone, "anyone")
	p.open(address)
	must(t, server(t.Context(), `ALTER DATABASE `+name+` WITH ALLOW_CONNECTIONS false`))
	must(t, server(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '`+name+`'`))
	p.openTo(503, address)
	p.see("系统正在恢复")
	must(t, server(t.Context(), `ALTER DATABASE `+name+` WITH ALLOW_CONNECTIONS true`))
	p.awaitAt(address, "食品经营许可")
}
