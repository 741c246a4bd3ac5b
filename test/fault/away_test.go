package fault

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestPostgresAway: the postmaster is killed under load and stays away for a
// moment. The program says so, recovers by itself, and no act is lost.
func TestPostgresAway(t *testing.T) {
	p := newPostmaster(t)
	s := newServer(t, p.url)
	l := begin(t, s)
	for range 2 {
		l.progress(20)
		moment()
		p.kill()
		s.awaitStatus("/readyz", http.StatusServiceUnavailable, 10*time.Second)
		if status, _, err := s.get("/healthz", ""); err != nil || status != http.StatusOK {
			t.Errorf("/healthz: %d %v, though the program lives", status, err)
		}
		away(t, s, "/", "text/html", "503")
		away(t, s, "/api/v1/ratings", "application/json", `"status":503`)
		p.start()
		p.await()
		s.awaitReady(20 * time.Second)
	}
	l.progress(20)
	l.finish()
	t.Logf("%d cases; %d clients heard an error and asked again, %d did not wait", l.size(), l.doubted, l.hurried)
	if l.doubted == 0 {
		t.Error("no kill met a submission under way: the test showed nothing")
	}
	check(t, s, &l.book)
	s.verify()
}

// away asks for a page while the database is away: 503 in words.
func away(t *testing.T, s *server, path, accept, contains string) {
	t.Helper()
	status, body, err := s.get(path, accept)
	if err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("%s while the database is away: %d %v", path, status, err)
		return
	}
	if !strings.Contains(strings.ReplaceAll(body, " ", ""), contains) {
		t.Errorf("%s while the database is away says: %.300s", path, body)
	}
}
